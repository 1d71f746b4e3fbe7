import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { GenerateService } from '../generate/generate.service.js';
import { questionAbout } from '../generate/picture-question.js';
import { whole } from '../generate/text-answer.js';
import type { Caller } from '../../inference/caller.js';
import { readsPictures, type RunnableModel } from '../../inference/catalogue/model-entry.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import type { PageRead } from '../../inference/tasks.js';

export interface OcrRequest {
  /** Absent: the default model. */
  readonly model?: string | undefined;
  /** A picture file as it came. */
  readonly image: Uint8Array;
  /** What language the text is in, in words; a hint that models made for one task do not need. */
  readonly language?: string | undefined;
}

/** The text of a picture file. */
export interface Reading {
  /** Id of the model that read it. */
  readonly model: string;
  /** Lines in reading order; an empty line between pages. */
  readonly text: string;
  /** Pixels of the first page, upright. */
  readonly width: number;
  readonly height: number;
  /** Lines with their places; null where a vision model read, which tells none. */
  readonly pages: readonly PageRead[] | null;
}

/** A page of small print; what is longer is cut by the model's context anyhow. */
const MAX_TOKENS = 4096;

/** Reading text off pictures, by a model made for it or by one that answers about pictures. */
@Injectable()
export class OcrService {
  constructor(
    private readonly inference: InferenceService,
    private readonly generate: GenerateService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Throws `invalid_request` for a model that reads no pictures, and for what is no picture. */
  async read(request: OcrRequest, caller: Caller, signal: AbortSignal): Promise<Reading> {
    const reader = this.readerFor(request.model);
    if (taskOf(reader) === 'image-to-text') return this.readLines(reader, request.image, caller, signal);
    return this.readByAsking(reader, request, caller, signal);
  }

  /** Waits until the model that will read is loaded. Throws what `read` would throw at once. */
  async ready(model: string | undefined, signal: AbortSignal): Promise<void> {
    const reader = this.readerFor(model);
    await this.inference.ready(reader.id, taskOf(reader), signal);
  }

  /** The model of this name, or the default one. Throws `invalid_request` when it reads no pictures. */
  readerFor(model: string | undefined): RunnableModel {
    const name = model ?? this.settings.defaultOcrModel;
    const entry = this.inference.catalogue.findRunnable(name);
    if (readsPictures(entry)) return entry;
    throw new ParleyError('invalid_request', `The model "${name}" cannot read pictures.`, { param: 'model' });
  }

  private async readLines(
    { id }: RunnableModel,
    image: Uint8Array,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Reading> {
    const pages: PageRead[] = [];
    const task = { kind: 'image-to-text', model: id, image, sampling: {} } as const;
    for await (const chunk of this.inference.run<'image-to-text'>(task, caller, signal)) {
      if (chunk.type === 'page') pages.push(chunk);
    }
    const texts = pages.map(({ lines }) => lines.map(({ text }) => text).join('\n'));
    const { width = 0, height = 0 } = pages[0] ?? {};
    return { model: id, text: texts.join('\n\n'), width, height, pages };
  }

  private async readByAsking(
    { id }: RunnableModel,
    { image, language }: OcrRequest,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Reading> {
    const answer = await this.generate.generate(
      {
        model: id,
        prompt: questionAbout([image], instruction(language)),
        sampling: { temperature: 0 },
        maxTokens: MAX_TOKENS,
      },
      caller,
      signal,
    );
    const { text } = await whole(answer.chunks);
    const { width = 0, height = 0 } = answer.pictures[0] ?? {};
    return { model: id, text: text.trim(), width, height, pages: null };
  }
}

function taskOf({ tasks }: RunnableModel): 'image-to-text' | 'image-text-to-text' {
  return tasks.includes('image-to-text') ? 'image-to-text' : 'image-text-to-text';
}

function instruction(language: string | undefined): string {
  const hint = language === undefined ? '' : ` The text is in ${language}.`;
  return `Extract all text from this image. Answer with the text alone, line by line as it is printed.${hint}`;
}
