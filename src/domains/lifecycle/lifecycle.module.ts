import { Module } from '@nestjs/common';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleService } from './lifecycle.service.js';

@Module({ imports: [InferenceModule], providers: [LifecycleService], exports: [LifecycleService] })
export class LifecycleModule {}
