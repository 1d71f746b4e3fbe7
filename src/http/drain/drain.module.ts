import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { InferenceModule } from '../../inference/inference.module.js';
import { DrainGuard } from './drain.guard.js';
import { OpenAnswers } from './open-answers.js';

@Module({
  imports: [InferenceModule],
  providers: [OpenAnswers, { provide: APP_GUARD, useClass: DrainGuard }],
})
export class DrainModule {}
