import { Module } from '@nestjs/common';
import { ChatModule } from '../../chat/chat.module.js';
import { EgressModule } from '../../egress/egress.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { FormsModule } from '../forms.module.js';
import { Autoload } from './autoload.js';
import { LaunchReply } from './launch-reply.js';
import { MlBackendChatController } from './ml-backend-chat.controller.js';
import { MlBackendModelController } from './ml-backend.controller.js';
import { PictureChat } from './picture-chat.js';
import { MlBackendPictureController } from './picture-chat.controller.js';

@Module({
  imports: [ChatModule, EgressModule, FormsModule, InferenceModule, LifecycleModule],
  controllers: [MlBackendModelController, MlBackendChatController, MlBackendPictureController],
  providers: [Autoload, LaunchReply, PictureChat],
})
export class MlBackendModule {}
