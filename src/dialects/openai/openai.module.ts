import { Module } from '@nestjs/common';
import { EgressModule } from '../../egress/egress.module.js';
import { GenerateModule } from '../../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiPictures } from './openai-pictures.js';
import { OpenAiService } from './openai.service.js';

/** OpenAI's API, with the AI Model Interface Standard in the same bodies. */
@Module({
  imports: [EgressModule, GenerateModule, InferenceModule, LifecycleModule],
  controllers: [OpenAiController],
  providers: [OpenAiPictures, OpenAiService],
})
export class OpenAICompatModule {}
