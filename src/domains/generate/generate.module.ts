import { Module } from '@nestjs/common';
import { InferenceModule } from '../../inference/inference.module.js';
import { GenerateService } from './generate.service.js';
import { SchemaValidator } from './schema-validator.js';

@Module({ imports: [InferenceModule], providers: [GenerateService, SchemaValidator], exports: [GenerateService] })
export class GenerateModule {}
