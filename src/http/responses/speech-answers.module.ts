import { Module } from '@nestjs/common';
import { SpeechModule } from '../../domains/speech/speech.module.js';
import { SpeechAnswers } from './speech-answers.js';

@Module({ imports: [SpeechModule], providers: [SpeechAnswers], exports: [SpeechAnswers] })
export class SpeechAnswersModule {}
