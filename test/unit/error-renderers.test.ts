import 'reflect-metadata';
import { BadRequestException, InternalServerErrorException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import type { ErrorRenderer } from '../../src/http/routing/dialect.js';
import { ERROR_STATUS } from '../../src/http/errors/error-status.js';
import { renderLlamaLocalError } from '../../src/dialects/llama-local/llama-local.filter.js';
import { renderMlBackendError } from '../../src/dialects/ml-backend/ml-backend.filter.js';
import { renderOpenAiError } from '../../src/dialects/openai/openai.filter.js';
import { renderRkllamaError } from '../../src/dialects/rkllama/rkllama.filter.js';
import {
  alreadyLoaded,
  noModelsFolder,
  notFoundToLoad,
  nothingLoaded,
} from '../../src/dialects/rkllama/rkllama.sentences.js';
import { renderServiceError, renderSharedError } from '../../src/http/errors/service-error.js';
import { toShownError } from '../../src/http/errors/to-parley-error.js';
import { ERROR_CODES, ParleyError, type ErrorCode } from '../../src/inference/errors.js';

/** A body that is bare text under each of these keys. */
function texts(...keys: readonly string[]): object {
  return Object.fromEntries(keys.map((key) => [key, expect.stringMatching(/\S/) as unknown]));
}

const FAST_API = { detail: [{ loc: expect.arrayContaining(['body']) as unknown, ...texts('msg', 'type') }] };

interface Case {
  readonly name: string;
  readonly render: ErrorRenderer;
  /** Statuses that differ from the closed list's. */
  readonly statuses: Partial<Record<ErrorCode, number>>;
  readonly shape: (code: ErrorCode, status: number) => object;
}

const UNPROCESSABLE: ReadonlySet<ErrorCode> = new Set(['validation', 'unsupported_media']);

const CASES: readonly Case[] = [
  {
    name: 'ml-backend',
    render: renderMlBackendError,
    statuses: { validation: 422, unsupported_media: 422 },
    shape: (code) => (UNPROCESSABLE.has(code) ? FAST_API : texts('detail')),
  },
  {
    name: 'openai',
    render: renderOpenAiError,
    statuses: {},
    shape: (code, status) => ({
      error: { ...texts('message', 'type'), param: code === 'validation' ? 'prompt' : null, code },
      code: status,
      ...texts('message'),
    }),
  },
  { name: 'rkllama', render: renderRkllamaError, statuses: { model_not_loaded: 400 }, shape: () => texts('error') },
  {
    name: 'llama-local',
    render: renderLlamaLocalError,
    statuses: { model_not_loaded: 503, model_load_failed: 503 },
    shape: () => texts('detail'),
  },
  { name: 'root', render: renderServiceError, statuses: {}, shape: () => texts('detail') },
  { name: 'shared', render: renderSharedError, statuses: {}, shape: () => texts('detail', 'error') },
];

const CAUSE = new Error('ENOENT: no such file, open /srv/secret/m.gguf');

function errorWith(code: ErrorCode): ParleyError {
  const issues = code === 'validation' ? [{ path: ['prompt'], message: 'prompt is required', rule: 'missing' }] : [];
  return new ParleyError(code, 'What happened.', { cause: CAUSE, issues });
}

describe.each(CASES)('$name', ({ render, statuses, shape }) => {
  it.each(ERROR_CODES)('renders %s in its own shape, and no more of it than the message', (code) => {
    const shown = toShownError(errorWith(code));
    expect(shown.status).toBe(ERROR_STATUS[code]);
    const { status, body } = render(shown.error, shown.status);
    expect(status).toBe(statuses[code] ?? ERROR_STATUS[code]);
    expect(body).toEqual(shape(code, ERROR_STATUS[code]));
    const json = JSON.stringify(body);
    expect(json).not.toMatch(/secret|ENOENT|node_modules|\bat \w+ \(|\.[jt]s:\d/);
  });
});

describe('what is thrown and not on the list', () => {
  it.each([
    CAUSE,
    'a string',
    undefined,
    { code: 'model_not_found' },
    new TypeError('x is not a function at /srv/secret/x.js:1:1'),
    new InternalServerErrorException('secret'),
  ])('becomes internal, without its words: %s', (thrown) => {
    const { error, status } = toShownError(thrown);
    expect({ code: error.code, status }).toEqual({ code: 'internal', status: 500 });
    for (const { render } of CASES) expect(JSON.stringify(render(error, status).body)).not.toMatch(/secret|ENOENT/);
  });

  it('keeps the status of a route that is not there, or of a request that cannot be read', () => {
    expect(toShownError(new NotFoundException('Cannot GET /secret'))).toMatchObject({ status: 404 });
    expect(toShownError(new NotFoundException('Cannot GET /secret')).error.message).not.toContain('secret');
    expect(toShownError(new BadRequestException('secret')).status).toBe(400);
  });
});

describe('particulars', () => {
  it('ml-backend names the field as FastAPI does', () => {
    const { body } = renderMlBackendError(errorWith('validation'), 400);
    expect(body).toEqual({ detail: [{ loc: ['body', 'prompt'], msg: 'Field required', type: 'missing' }] });
  });

  it('ml-backend keeps a sentence for a request that is sound and cannot be met', () => {
    const error = new ParleyError('invalid_request', 'It is not a heavy model.', { param: 'model_name' });
    expect(renderMlBackendError(error, 400)).toEqual({ status: 400, body: { detail: 'It is not a heavy model.' } });
  });

  it('openai’s code is never 0', () => {
    for (const code of ERROR_CODES) {
      const { body } = renderOpenAiError(errorWith(code), ERROR_STATUS[code]);
      expect(body).toHaveProperty('code', ERROR_STATUS[code]);
    }
  });

  it.each([
    [nothingLoaded(404), 404, "Aucun modèle n'est actuellement chargé."],
    [nothingLoaded(400), 400, "Aucun modèle n'est actuellement chargé."],
    [alreadyLoaded(), 400, "Un modèle est déjà chargé. Veuillez d'abord le décharger."],
    [notFoundToLoad('m'), 400, 'Modèle m introuvable dans le dossier /models.'],
    [noModelsFolder(), 500, 'Le dossier ~/RKLLAMA/models est introuvable.'],
  ])('rkllama says the document’s sentence word for word: %s', (error, status, sentence) => {
    const shown = toShownError(error);
    expect(renderRkllamaError(shown.error, shown.status)).toEqual({ status, body: { error: sentence } });
  });
});
