import { Module } from '@nestjs/common';
import { GenerateModule } from '../../domains/generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { EventAnswersModule } from '../../http/responses/event-answers.module.js';
import { LlamaLocalController, LlamaLocalSharedController } from './llama-local.controller.js';
import { LlamaLocalService } from './llama-local.service.js';

@Module({
  imports: [EventAnswersModule, GenerateModule, InferenceModule],
  controllers: [LlamaLocalController, LlamaLocalSharedController],
  providers: [LlamaLocalService],
  exports: [LlamaLocalService],
})
export class LlamaLocalModule {}
