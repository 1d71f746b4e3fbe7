import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import { VERSION } from '../../config/package-root.js';
import type { Settings } from '../../config/settings.js';
import type { Caller } from '../../inference/caller.js';
import { InferenceService } from '../../inference/inference.service.js';
import type { Sampling } from '../../inference/task-basics.js';
import type { AnswerWishes, LogitBias, OutputFormat, OverflowPolicy } from '../../inference/answer-wishes.js';
import type { ToolUse } from '../../inference/chat-tools.js';
import type { Task } from '../../inference/tasks.js';
import type { AnswerPiece, PicturePrompt, Prompt, TextFinished } from '../../inference/text-tasks.js';
import { AnswerCheck } from './answer-check.js';
import { SchemaValidator } from './schema-validator.js';
import { begin, type AnswerChunks, type PlainChunks, type TextAnswer } from './text-answer.js';

/** The tasks that text answers. */
type TextKind = 'text-generation' | 'image-text-to-text';

/** A request for text, without tools and without the model's reasoning apart. */
export interface PlainRequest {
  /** Absent: the default text model, or the default vision model for a prompt with pictures. */
  readonly model?: string | undefined;
  readonly prompt: Prompt | PicturePrompt;
  readonly sampling: Partial<Sampling>;
  readonly maxTokens?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly overflow?: OverflowPolicy;
}

/** A request for an answer in any form. */
export interface GenerateRequest extends PlainRequest {
  readonly output?: OutputFormat | undefined;
  readonly tools?: ToolUse | undefined;
  readonly logprobs?: number | undefined;
  readonly logitBias?: readonly LogitBias[] | undefined;
  readonly reasoning?: 'separate' | undefined;
}

/** Several answers, read together. */
export interface Answers {
  /** How the wanted schema was narrowed, a line each. */
  readonly narrowed: readonly string[];
  /** Of each answer, in order. */
  readonly chunks: readonly AnswerChunks[];
}

/** Text from a prompt or from messages. */
@Injectable()
export class GenerateService {
  constructor(
    private readonly inference: InferenceService,
    private readonly validator: SchemaValidator,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Text alone. Resolves once the prompt is accepted. The signal ends the answer wherever it is. */
  generate(request: PlainRequest, caller: Caller, signal: AbortSignal): Promise<TextAnswer<PlainChunks>> {
    return this.answer(request, null, caller, signal) as Promise<TextAnswer<PlainChunks>>;
  }

  /**
   * `count` answers to each request, in order. Those of one request differ by their seeds: the given one, and those that
   * follow it. Resolves once the first prompt is accepted; the others may still wait for a slot, so all must be read
   * together. When one fails all are ended.
   */
  async generateAll(
    requests: readonly GenerateRequest[],
    count: number,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Answers> {
    const checked = await this.checked(requests, caller, signal);
    const together = new AbortController();
    const any = AbortSignal.any([signal, together.signal]);
    setMaxListeners(0, any); // every answer listens to it, and there may be many
    const answers = checked.flatMap(({ request, check }) =>
      Array.from({ length: count }, (_, index) => this.answer(withSeed(request, index), check, caller, any)),
    );
    for (const answer of answers) answer.catch((error: unknown) => together.abort(error));
    const first = await answers[0];
    const narrowed = first?.narrowed ?? [];
    if (first !== undefined && answers.length === 1) return { narrowed, chunks: [first.chunks] };
    return { narrowed, chunks: answers.map((answer) => chunksOf(answer, together)) };
  }

  /** Changes when a model's files, or the service itself, do. Throws `model_not_found`. */
  fingerprintOf(model: string): string {
    const digest = createHash('sha256')
      .update(`${VERSION}\n${this.inference.fingerprintOf(model)}`)
      .digest('hex');
    return `fp_${digest.slice(0, 10)}`;
  }

  /** The model that a request without a name goes to. */
  get defaultModel(): string {
    return this.settings.defaultTextModel;
  }

  /** The model that a request about pictures goes to when it names none. */
  get defaultVisionModel(): string {
    return this.settings.defaultVisionModel;
  }

  /** One after the other: requests sent together have the same schemas, which are checked once. */
  private async checked(
    requests: readonly GenerateRequest[],
    { keyId }: Caller,
    signal: AbortSignal,
  ): Promise<{ request: GenerateRequest; check: AnswerCheck }[]> {
    const checked = [];
    for (const request of requests) {
      checked.push({ request, check: await AnswerCheck.of(request, this.validator, { keyId, signal }) });
    }
    return checked;
  }

  private async answer(
    request: GenerateRequest,
    check: AnswerCheck | null,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<TextAnswer> {
    const answer = await begin(this.inference.run<TextKind>(this.taskOf(request), caller, signal));
    return check?.needed === true ? { ...answer, chunks: check.held(answer.chunks) } : answer;
  }

  private taskOf(request: GenerateRequest): Task<TextKind> {
    const { prompt, maxTokens, output, tools, logprobs, logitBias, reasoning } = request;
    const common: AnswerWishes = {
      sampling: request.sampling,
      stop: request.stop ?? [],
      overflow: request.overflow ?? 'refuse',
      ...(maxTokens !== undefined && { maxTokens }),
      ...(output !== undefined && { output }),
      ...(tools !== undefined && { tools }),
      ...(logprobs !== undefined && { logprobs }),
      ...(logitBias !== undefined && { logitBias }),
      ...(reasoning !== undefined && { reasoning }),
    };
    if (prompt.kind !== 'pictures') {
      return { kind: 'text-generation', model: request.model ?? this.defaultModel, prompt, ...common };
    }
    const { messages, images } = prompt;
    const model = request.model ?? this.defaultVisionModel;
    return { kind: 'image-text-to-text', model, messages, images, ...common };
  }
}

function withSeed(request: GenerateRequest, index: number): GenerateRequest {
  const { seed } = request.sampling;
  return seed === undefined ? request : { ...request, sampling: { ...request.sampling, seed: seed + index } };
}

/** An answer's chunks once its prompt is accepted; its failure ends the answers beside it, with the same error. */
async function* chunksOf(
  answer: Promise<TextAnswer>,
  together: AbortController,
): AsyncGenerator<AnswerPiece | TextFinished, void> {
  try {
    yield* (await answer).chunks;
  } catch (error) {
    together.abort(error);
    throw error;
  }
}
