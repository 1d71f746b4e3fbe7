import { Module } from '@nestjs/common';
import { FormAdmission } from './form-admission.js';
import { FormReader } from './form-reader.js';

@Module({ providers: [FormAdmission, FormReader], exports: [FormReader] })
export class FormsModule {}
