import { Module } from '@nestjs/common';
import { ChatModule } from '../../domains/chat/chat.module.js';
import { EgressModule } from '../../egress/egress.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../domains/lifecycle/lifecycle.module.js';
import { FormsModule } from '../../http/body/forms.module.js';
import { SpeechAnswersModule } from '../../http/responses/speech-answers.module.js';
import { Autoload } from './autoload.js';
import { MlBackendDrawingController } from './drawing.controller.js';
import { Drawing } from './drawing.service.js';
import { LaunchReply } from './launch-reply.js';
import { MlBackendChatController } from './ml-backend-chat.controller.js';
import { MlBackendModelController } from './ml-backend.controller.js';
import { MlBackendSpeechController } from './speech.controller.js';
import { PictureChat } from './picture-chat.js';
import { MlBackendPictureController } from './picture-chat.controller.js';

@Module({
  imports: [ChatModule, EgressModule, FormsModule, InferenceModule, LifecycleModule, SpeechAnswersModule],
  controllers: [
    MlBackendModelController,
    MlBackendChatController,
    MlBackendPictureController,
    MlBackendDrawingController,
    MlBackendSpeechController,
  ],
  providers: [Autoload, Drawing, LaunchReply, PictureChat],
})
export class MlBackendModule {}
