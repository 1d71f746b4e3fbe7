import { Module } from '@nestjs/common';
import { GeneratedFiles } from './generated-files.js';
import { UploadStore } from './upload-store.js';

@Module({ providers: [GeneratedFiles, UploadStore], exports: [GeneratedFiles, UploadStore] })
export class FilesModule {}
