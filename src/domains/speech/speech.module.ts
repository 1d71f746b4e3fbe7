import { Module } from '@nestjs/common';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { SpeechService } from './speech.service.js';

@Module({ imports: [InferenceModule, LifecycleModule], providers: [SpeechService], exports: [SpeechService] })
export class SpeechModule {}
