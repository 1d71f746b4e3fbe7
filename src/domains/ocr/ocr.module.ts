import { Module } from '@nestjs/common';
import { GenerateModule } from '../generate/generate.module.js';
import { InferenceModule } from '../../inference/inference.module.js';
import { OcrService } from './ocr.service.js';

@Module({ imports: [GenerateModule, InferenceModule], providers: [OcrService], exports: [OcrService] })
export class OcrModule {}
