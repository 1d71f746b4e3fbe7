import { Inject, Injectable, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { inMemory, readForm, type FormLimits, type Keep, type Upload } from './multipart.js';
import { RequestValidationPipe } from './validation.pipe.js';

/** A form whose fields have been checked. */
export interface CheckedForm<T, F> {
  readonly fields: T;
  readonly files: readonly Upload<F>[];
}

/** Reads forms and checks their fields, as JSON bodies are. */
@Injectable()
export class FormReader {
  private readonly pipe: RequestValidationPipe;

  constructor(@Inject(SETTINGS_TOKEN) settings: Settings) {
    this.pipe = new RequestValidationPipe(settings.strict);
  }

  /** Parameters may stand in the query or in the form, which comes first; an empty one counts as none. */
  read<T>(request: FastifyRequest, dto: Type<T>, limits: FormLimits): Promise<CheckedForm<T, Uint8Array>> {
    return this.readKeeping(request, dto, limits, inMemory);
  }

  /** A JSON body, where a route takes either. */
  async readJson<T>(request: FastifyRequest, dto: Type<T>): Promise<T> {
    return (await this.pipe.transform(request.body, { type: 'body', metatype: dto })) as T;
  }

  /** Like `read`, for files that are too much to be held in memory together. */
  async readKeeping<T, F>(
    request: FastifyRequest,
    dto: Type<T>,
    limits: FormLimits,
    keep: Keep<F>,
  ): Promise<CheckedForm<T, F>> {
    const { fields, files } = await readForm(request, limits, keep);
    const query = request.query as Readonly<Record<string, string | string[]>>;
    const given = Object.entries({ ...query, ...fields }).filter(([, value]) => value !== '');
    const checked: unknown = await this.pipe.transform(Object.fromEntries(given), { type: 'body', metatype: dto });
    return { fields: checked as T, files };
  }
}
