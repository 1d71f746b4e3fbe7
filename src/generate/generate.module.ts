import { Module } from '@nestjs/common';
import { InferenceModule } from '../inference/inference.module.js';
import { GenerateService } from './generate.service.js';

@Module({ imports: [InferenceModule], providers: [GenerateService], exports: [GenerateService] })
export class GenerateModule {}
