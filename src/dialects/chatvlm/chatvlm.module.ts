import { Module } from '@nestjs/common';
import { FilesModule } from '../../storage/files/files.module.js';
import { GenerateModule } from '../../domains/generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../../domains/lifecycle/lifecycle.module.js';
import { OcrModule } from '../../domains/ocr/ocr.module.js';
import { FormsModule } from '../../http/body/forms.module.js';
import { ChatvlmBatches } from './chatvlm.batches.js';
import { ChatvlmBatchController, ChatvlmController, ChatvlmSharedController } from './chatvlm.controller.js';
import { ChatvlmService } from './chatvlm.service.js';

@Module({
  imports: [FilesModule, FormsModule, GenerateModule, InferenceModule, LifecycleModule, OcrModule],
  controllers: [ChatvlmController, ChatvlmBatchController, ChatvlmSharedController],
  providers: [ChatvlmBatches, ChatvlmService],
  exports: [ChatvlmService],
})
export class ChatvlmModule {}
