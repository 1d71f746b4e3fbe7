import { Inject, Injectable, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ANONYMOUS } from '../../config/api-keys.js';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { FormAdmission, type FormTicket } from './form-admission.js';
import { inMemory, readForm, type FormLimits, type Keep, type Upload } from './multipart.js';
import { RequestValidationPipe } from './validation.pipe.js';

/** A form whose fields have been checked. */
export interface CheckedForm<T, F> {
  readonly fields: T;
  readonly files: readonly Upload<F>[];
}

async function* counted(chunks: AsyncIterable<Uint8Array>, ticket: FormTicket): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    ticket.hold(chunk.length);
    yield chunk;
  }
}

/** Reads forms and checks their fields, as JSON bodies are. */
@Injectable()
export class FormReader {
  private readonly pipe: RequestValidationPipe;

  constructor(
    private readonly admission: FormAdmission,
    @Inject(SETTINGS_TOKEN) settings: Settings,
  ) {
    this.pipe = new RequestValidationPipe(settings.strict);
  }

  /** Parameters may stand in the query or in the form, which comes first; an empty one counts as none. */
  read<T>(request: FastifyRequest, dto: Type<T>, limits: FormLimits): Promise<CheckedForm<T, Uint8Array>> {
    return this.readWith(request, dto, limits, (ticket) => (chunks) => inMemory(counted(chunks, ticket)));
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
    return this.readWith(request, dto, limits, () => keep);
  }

  /** Throws `overloaded` for a key that has too many forms. Their memory is given back with the response. */
  private async readWith<T, F>(
    request: FastifyRequest,
    dto: Type<T>,
    limits: FormLimits,
    keepOf: (ticket: FormTicket) => Keep<F>,
  ): Promise<CheckedForm<T, F>> {
    const ticket = this.admission.enter(request.keyId ?? ANONYMOUS);
    request.form = ticket;
    const { fields, files } = await readForm(request, limits, keepOf(ticket), ticket).finally(() => ticket.parsed());
    const query = request.query as Readonly<Record<string, string | string[]>>;
    const given = Object.entries({ ...query, ...fields }).filter(([, value]) => value !== '');
    const checked: unknown = await this.pipe.transform(Object.fromEntries(given), { type: 'body', metatype: dto });
    return { fields: checked as T, files };
  }
}
