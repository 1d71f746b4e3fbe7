import { Module } from '@nestjs/common';
import { EgressModule } from '../../egress/egress.module.js';
import { EmbedModule } from '../../embed/embed.module.js';
import { GenerateModule } from '../../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { ResponsesModule } from '../../responses/responses.module.js';
import { FormsModule } from '../forms.module.js';
import { SpeechAnswersModule } from '../speech-answers.module.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiEmbeddingsController } from './openai-embeddings.controller.js';
import { OpenAiImagesController } from './openai-images.controller.js';
import { OpenAiImages } from './openai-images.service.js';
import { OpenAiModelsController } from './openai-models.controller.js';
import { OpenAiModels } from './openai-models.service.js';
import { OpenAiPictures } from './openai-pictures.js';
import { OpenAiRerankController } from './openai-rerank.controller.js';
import { OpenAiSpeechController } from './openai-speech.controller.js';
import { OpenAiTokensController } from './openai-tokens.controller.js';
import { OpenAiService } from './openai.service.js';
import { OpenAiResponsesController } from './responses/openai-responses.controller.js';
import { OpenAiResponses } from './responses/openai-responses.service.js';

/** OpenAI's API, with the AI Model Interface Standard in the same bodies. */
@Module({
  imports: [
    EgressModule,
    EmbedModule,
    FormsModule,
    GenerateModule,
    InferenceModule,
    LifecycleModule,
    ResponsesModule,
    SpeechAnswersModule,
  ],
  controllers: [
    OpenAiController,
    OpenAiEmbeddingsController,
    OpenAiImagesController,
    OpenAiModelsController,
    OpenAiRerankController,
    OpenAiResponsesController,
    OpenAiSpeechController,
    OpenAiTokensController,
  ],
  providers: [OpenAiImages, OpenAiModels, OpenAiPictures, OpenAiResponses, OpenAiService],
})
export class OpenAICompatModule {}
