import { Module } from '@nestjs/common';
import { GenerateModule } from '../../generate/generate.module.js';
import { LifecycleModule } from '../../lifecycle/lifecycle.module.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiService } from './openai.service.js';

/** OpenAI's API, with the AI Model Interface Standard in the same bodies. */
@Module({ imports: [GenerateModule, LifecycleModule], controllers: [OpenAiController], providers: [OpenAiService] })
export class OpenAICompatModule {}
