import { Module } from '@nestjs/common';
import { SpeechModule } from '../speech/speech.module.js';
import { SpeechAnswers } from './speech-answers.js';

@Module({ imports: [SpeechModule], providers: [SpeechAnswers], exports: [SpeechAnswers] })
export class SpeechAnswersModule {}
