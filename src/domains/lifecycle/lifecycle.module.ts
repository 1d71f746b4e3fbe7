import { Module } from '@nestjs/common';
import { InferenceModule } from '../../inference/inference.module.js';
import { StateModule } from '../../storage/state/state.module.js';
import { LifecycleService } from './lifecycle.service.js';

@Module({ imports: [InferenceModule, StateModule], providers: [LifecycleService], exports: [LifecycleService] })
export class LifecycleModule {}
