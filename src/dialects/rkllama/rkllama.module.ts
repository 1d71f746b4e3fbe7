import { Module } from '@nestjs/common';
import { GenerateModule } from '../../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { CurrentModel } from './current-model.js';
import { RkllamaController, RkllamaSharedController } from './rkllama.controller.js';
import { RkllamaService } from './rkllama.service.js';

@Module({
  imports: [GenerateModule, InferenceModule, LifecycleModule],
  controllers: [RkllamaController, RkllamaSharedController],
  providers: [CurrentModel, RkllamaService],
  exports: [RkllamaService],
})
export class RkllamaModule {}
