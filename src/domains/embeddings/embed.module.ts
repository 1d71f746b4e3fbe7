import { Module } from '@nestjs/common';
import { InferenceModule } from '../../inference/inference.module.js';
import { EmbedService } from './embed.service.js';
import { RankService } from './rank.service.js';
import { TokenService } from './token.service.js';

/** Texts as numbers: vectors, scores and tokens. */
@Module({
  imports: [InferenceModule],
  providers: [EmbedService, RankService, TokenService],
  exports: [EmbedService, RankService, TokenService],
})
export class EmbedModule {}
