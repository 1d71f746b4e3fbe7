import { Module } from '@nestjs/common';
import { InferenceModule } from '../../inference/inference.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { ImagesService } from './images.service.js';

@Module({ imports: [InferenceModule, LifecycleModule], providers: [ImagesService], exports: [ImagesService] })
export class ImagesModule {}
