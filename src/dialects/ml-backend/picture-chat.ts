import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { ChatService } from '../../domains/chat/chat.service.js';
import { MAX_PICTURES, PictureLinks } from '../../egress/picture-links.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import { callerOf, type Client } from '../../http/request/client.js';
import { bytesOf, type Upload } from '../../http/body/multipart.js';
import { Autoload } from './autoload.js';
import { streamed } from './ml-backend.answers.js';
import { PICTURES, toPictureQuestion } from './ml-backend.codec.js';
import type { MlBackendFromImageTextForm } from './ml-backend.schema.js';

/** `POST /generate/fromimagetext`: the pictures are fetched once it is clear that somebody will look at them. */
@Injectable()
export class PictureChat {
  constructor(
    private readonly chat: ChatService,
    private readonly autoload: Autoload,
    private readonly links: PictureLinks,
    private readonly inference: InferenceService,
  ) {}

  async ask(
    form: MlBackendFromImageTextForm,
    files: readonly Upload[],
    client: Client,
    reply: FastifyReply,
  ): Promise<Readable> {
    const links = form.image_links ?? [];
    if (files.length + links.length > MAX_PICTURES) throw tooMany();
    const sent = files.map((file) => bytesOf(file, PICTURES));
    await this.autoload.install(form.model_name, client);
    const kind = files.length + links.length === 0 ? 'text-generation' : 'image-text-to-text';
    const caller = callerOf(client, 'ml-backend');
    this.inference.checkRoom(form.model_name, kind, caller);
    const linked = await this.links.fetchAll(links, 'image_links', client);
    const question = toPictureQuestion(form, [...sent, ...linked], client.session);
    const answer = await this.chat.ask(question, caller, client.signal);
    return streamed(answer, reply);
  }
}

function tooMany(): ParleyError {
  return new ParleyError('invalid_request', `A question can be about ${String(MAX_PICTURES)} pictures at most.`, {
    param: 'image_links',
  });
}
