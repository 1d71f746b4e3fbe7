import { Module } from '@nestjs/common';
import { EgressModule } from '../../egress/egress.module.js';
import { EmbedModule } from '../../domains/embeddings/embed.module.js';
import { GenerateModule } from '../../domains/generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../domains/lifecycle/lifecycle.module.js';
import { ResponsesModule } from '../../domains/responses/responses.module.js';
import { EventAnswersModule } from '../../http/responses/event-answers.module.js';
import { FormsModule } from '../../http/body/forms.module.js';
import { SpeechAnswersModule } from '../../http/responses/speech-answers.module.js';
import { OpenAiController } from './text/openai.controller.js';
import { OpenAiEmbeddingsController } from './vectors/openai-embeddings.controller.js';
import { OpenAiImagesController } from './images/openai-images.controller.js';
import { OpenAiImages } from './images/openai-images.service.js';
import { OpenAiModelsController } from './models/openai-models.controller.js';
import { OpenAiModels } from './models/openai-models.service.js';
import { OpenAiPictures } from './text/openai-pictures.js';
import { OpenAiRerankController } from './vectors/openai-rerank.controller.js';
import { OpenAiSpeechController } from './speech/openai-speech.controller.js';
import { OpenAiTokensController } from './vectors/openai-tokens.controller.js';
import { OpenAiService } from './text/openai.service.js';
import { OpenAiResponsesController } from './responses/openai-responses.controller.js';
import { OpenAiResponses } from './responses/openai-responses.service.js';

/** OpenAI's API, with the AI Model Interface Standard in the same bodies. */
@Module({
  imports: [
    EgressModule,
    EmbedModule,
    EventAnswersModule,
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
