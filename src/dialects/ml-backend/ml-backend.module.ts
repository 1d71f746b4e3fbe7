import { Module } from '@nestjs/common';
import { ChatModule } from '../../chat/chat.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { Autoload } from './autoload.js';
import { LaunchReply } from './launch-reply.js';
import { MlBackendChatController, MlBackendModelController } from './ml-backend.controller.js';

@Module({
  imports: [ChatModule, LifecycleModule],
  controllers: [MlBackendModelController, MlBackendChatController],
  providers: [Autoload, LaunchReply],
})
export class MlBackendModule {}
