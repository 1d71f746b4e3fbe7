import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { GenerateService } from '../../domains/generate/generate.service.js';
import { whole } from '../../domains/generate/text-answer.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import { callerOf, type Client } from '../../http/request/client.js';
import { eventsAnswer, EventAnswers } from '../../http/responses/event-answers.js';
import { wholeAnswer, type Answer } from '../../http/responses/text-stream.js';
import { toErrorEvent, toEvents, toGenerateRequest, toModelInfo, DEFAULTS } from './llama-local.codec.js';
import type {
  LlamaLocalGenerateRequest,
  LlamaLocalGenerateResponse,
  LlamaLocalHealth,
  LlamaLocalModelInfo,
} from './llama-local.schema.js';

/** What the dialect's routes do; the root's shared paths call it too. */
@Injectable()
export class LlamaLocalService {
  constructor(
    private readonly generateService: GenerateService,
    private readonly inference: InferenceService,
    private readonly answers: EventAnswers,
  ) {}

  /** What Nest is to send. */
  answer(body: LlamaLocalGenerateRequest, client: Client, reply: FastifyReply): Promise<unknown> {
    const streams = body.stream ?? DEFAULTS.stream;
    return this.answers.send(this.generate(body, streams, client), streams ? toErrorEvent : null, reply);
  }

  /** Always answers, whatever state the model is in. */
  health(): LlamaLocalHealth {
    try {
      const loaded = this.inference.factsOf(this.generateService.defaultModel) !== null;
      return { status: loaded ? 'ok' : 'model_not_loaded', model_loaded: loaded };
    } catch {
      return { status: 'error', model_loaded: false };
    }
  }

  /** Facts of the default text model. Throws `model_not_loaded`. */
  modelInfo(): LlamaLocalModelInfo {
    try {
      const entry = this.inference.catalogue.find(this.generateService.defaultModel);
      const facts = this.inference.factsOf(entry.id);
      if (facts === null) throw new ParleyError('model_not_loaded', 'The model is not loaded.');
      return toModelInfo(entry, facts);
    } catch (error) {
      throw withoutName(error);
    }
  }

  private async generate(
    body: LlamaLocalGenerateRequest,
    streams: boolean,
    client: Client,
  ): Promise<Answer<LlamaLocalGenerateResponse>> {
    const caller = callerOf(client, 'llama-local');
    const answer = await this.generateService
      .generate(toGenerateRequest(body), caller, client.signal)
      .catch((error: unknown) => {
        throw withoutName(error);
      });
    if (streams) return eventsAnswer(toEvents(answer.chunks));
    const { text } = await whole(answer.chunks);
    return wholeAnswer({ text, prompt: body.prompt });
  }
}

/** Requests of this dialect name no model, so a default that is missing is the service's fault: 503, not 404. */
function withoutName(error: unknown): unknown {
  if (!(error instanceof ParleyError) || error.code !== 'model_not_found') return error;
  return new ParleyError('model_not_loaded', 'The default model is not installed.', { cause: error });
}
