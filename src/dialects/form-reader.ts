import { Inject, Injectable, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SETTINGS_TOKEN } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { readForm, type FormLimits, type Upload } from './multipart.js';
import { RequestValidationPipe } from './validation.pipe.js';

/** A form whose fields have been checked. */
export interface CheckedForm<T> {
  readonly fields: T;
  readonly files: readonly Upload[];
}

/** Reads forms and checks their fields, as JSON bodies are. */
@Injectable()
export class FormReader {
  private readonly pipe: RequestValidationPipe;

  constructor(@Inject(SETTINGS_TOKEN) settings: Settings) {
    this.pipe = new RequestValidationPipe(settings.strict);
  }

  /** Parameters may stand in the query or in the form, which comes first; an empty one counts as none. */
  async read<T>(request: FastifyRequest, dto: Type<T>, limits: FormLimits): Promise<CheckedForm<T>> {
    const { fields, files } = await readForm(request, limits);
    const query = request.query as Readonly<Record<string, string | string[]>>;
    const given = Object.entries({ ...query, ...fields }).filter(([, value]) => value !== '');
    const checked: unknown = await this.pipe.transform(Object.fromEntries(given), { type: 'body', metatype: dto });
    return { fields: checked as T, files };
  }
}
