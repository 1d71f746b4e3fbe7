import { Module } from '@nestjs/common';
import { FilesModule } from '../../../storage/files/files.module.js';
import { FilesController } from './files.controller.js';

/** The route of generated files. */
@Module({ imports: [FilesModule], controllers: [FilesController] })
export class FilesApiModule {}
