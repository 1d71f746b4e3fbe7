import { Module } from '@nestjs/common';
import { GenerateModule } from '../../domains/generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../domains/lifecycle/lifecycle.module.js';
import { CurrentModel } from './current-model.js';
import { RkllamaController, RkllamaFilesController, RkllamaSharedController } from './rkllama.controller.js';
import { RkllamaPulls } from './rkllama.pulls.js';
import { RkllamaService } from './rkllama.service.js';

@Module({
  imports: [GenerateModule, InferenceModule, LifecycleModule],
  controllers: [RkllamaController, RkllamaFilesController, RkllamaSharedController],
  providers: [CurrentModel, RkllamaPulls, RkllamaService],
  exports: [RkllamaService],
})
export class RkllamaModule {}
