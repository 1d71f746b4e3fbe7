import { Module } from '@nestjs/common';
import { GenerateModule } from '../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { StateModule } from '../../storage/state/state.module.js';
import { ChatService } from './chat.service.js';

@Module({
  imports: [GenerateModule, InferenceModule, StateModule],
  providers: [ChatService],
  exports: [ChatService],
})
export class ChatModule {}
