import { Module } from '@nestjs/common';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../domains/lifecycle/lifecycle.module.js';
import { ChatvlmModule } from '../chatvlm/chatvlm.module.js';
import { LlamaLocalModule } from '../llama-local/llama-local.module.js';
import { RkllamaModule } from '../rkllama/rkllama.module.js';
import { RootController } from './root.controller.js';
import { RootGenerateController } from './root-generate.controller.js';

@Module({
  imports: [ChatvlmModule, InferenceModule, LifecycleModule, LlamaLocalModule, RkllamaModule],
  controllers: [RootController, RootGenerateController],
})
export class RootModule {}
