import { Module } from '@nestjs/common';
import { GenerateModule } from '../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { ChatService } from './chat.service.js';

@Module({
  imports: [GenerateModule, InferenceModule],
  providers: [ChatService],
  exports: [ChatService],
})
export class ChatModule {}
