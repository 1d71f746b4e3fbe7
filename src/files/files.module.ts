import { Module } from '@nestjs/common';
import { UploadStore } from './upload-store.js';

@Module({ providers: [UploadStore], exports: [UploadStore] })
export class FilesModule {}
