import { Module } from '@nestjs/common';
import { ChatModule } from '../../chat/chat.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { MlBackendChatController, MlBackendModelController } from './ml-backend.controller.js';

@Module({ imports: [ChatModule, LifecycleModule], controllers: [MlBackendModelController, MlBackendChatController] })
export class MlBackendModule {}
