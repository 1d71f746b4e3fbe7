import { Module } from '@nestjs/common';
import { FormReader } from './form-reader.js';

@Module({ providers: [FormReader], exports: [FormReader] })
export class FormsModule {}
