import { Module } from '@nestjs/common';
import { EventAnswers } from './event-answers.js';

@Module({ providers: [EventAnswers], exports: [EventAnswers] })
export class EventAnswersModule {}
