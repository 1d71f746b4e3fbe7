import { Module } from '@nestjs/common';
import { EgressModule } from '../../egress/egress.module.js';
import { GenerateModule } from '../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { ResponsesService } from './responses.service.js';
import { ThreadPictures } from './thread-pictures.js';
import { Threads } from './threads.js';

@Module({
  imports: [EgressModule, GenerateModule, InferenceModule],
  providers: [ResponsesService, ThreadPictures, Threads],
  exports: [ResponsesService],
})
export class ResponsesModule {}
