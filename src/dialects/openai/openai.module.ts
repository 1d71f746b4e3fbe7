import { Module } from '@nestjs/common';
import { EgressModule } from '../../egress/egress.module.js';
import { GenerateModule } from '../../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { FormsModule } from '../forms.module.js';
import { SpeechAnswersModule } from '../speech-answers.module.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiImagesController } from './openai-images.controller.js';
import { OpenAiImages } from './openai-images.service.js';
import { OpenAiPictures } from './openai-pictures.js';
import { OpenAiSpeechController } from './openai-speech.controller.js';
import { OpenAiService } from './openai.service.js';

/** OpenAI's API, with the AI Model Interface Standard in the same bodies. */
@Module({
  imports: [EgressModule, FormsModule, GenerateModule, InferenceModule, LifecycleModule, SpeechAnswersModule],
  controllers: [OpenAiController, OpenAiImagesController, OpenAiSpeechController],
  providers: [OpenAiImages, OpenAiPictures, OpenAiService],
})
export class OpenAICompatModule {}
