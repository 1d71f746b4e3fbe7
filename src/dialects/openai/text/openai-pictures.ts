import { Injectable } from '@nestjs/common';
import { MAX_PICTURES, PictureLinks, type LinkRequester } from '../../../egress/picture-links.js';
import { GenerateService } from '../../../domains/generate/generate.service.js';
import { ParleyError } from '../../../inference/errors.js';
import { InferenceService } from '../../../inference/inference.service.js';
import type { OpenAiChatRequest } from './openai-chat.schema.js';
import { pictureLinksOf } from './openai-messages.codec.js';

/** The pictures of a chat: fetched once it is clear that somebody will look at them. */
@Injectable()
export class OpenAiPictures {
  constructor(
    private readonly links: PictureLinks,
    private readonly generate: GenerateService,
    private readonly inference: InferenceService,
  ) {}

  /** Picture files in the order in which the messages show them. Throws what keeps the model from looking at them. */
  async of(body: OpenAiChatRequest, requester: LinkRequester): Promise<readonly Uint8Array[]> {
    const links = pictureLinksOf(body);
    if (links.length === 0) return [];
    if (links.length > MAX_PICTURES) {
      throw new ParleyError('invalid_request', `A chat can show ${String(MAX_PICTURES)} pictures at most.`, {
        param: 'messages',
      });
    }
    this.inference.checkRoom(body.model ?? this.generate.defaultVisionModel, 'image-text-to-text');
    return this.links.fetchAll(links, 'messages', requester);
  }
}
