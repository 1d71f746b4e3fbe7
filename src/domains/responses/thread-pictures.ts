import { Injectable } from '@nestjs/common';
import { MAX_PICTURES, PictureLinks, type LinkRequester } from '../../egress/picture-links.js';
import { GenerateService } from '../generate/generate.service.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import type { Item } from './response-items.js';

/** The pictures of a conversation: fetched once it is clear that somebody will look at them. */
@Injectable()
export class ThreadPictures {
  constructor(
    private readonly links: PictureLinks,
    private readonly generate: GenerateService,
    private readonly inference: InferenceService,
  ) {}

  /** Picture files in the order in which the items show them. Throws what keeps the model from looking at them. */
  async of(
    items: readonly Item[],
    model: string | undefined,
    requester: LinkRequester,
  ): Promise<readonly Uint8Array[]> {
    const links = linksOf(items);
    if (links.length === 0) return [];
    if (links.length > MAX_PICTURES) {
      throw new ParleyError('invalid_request', `A conversation can show ${String(MAX_PICTURES)} pictures at most.`, {
        param: 'input',
      });
    }
    this.inference.checkRoom(model ?? this.generate.defaultVisionModel, 'image-text-to-text');
    return this.links.fetchAll(links, 'input', requester);
  }
}

function linksOf(items: readonly Item[]): string[] {
  return items
    .filter((item) => item.kind === 'message')
    .flatMap(({ parts }) => parts.filter((part) => part.kind === 'picture').map(({ link }) => link));
}
