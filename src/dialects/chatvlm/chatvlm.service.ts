import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import { VERSION } from '../../config/package-root.js';
import type { Settings } from '../../config/settings.js';
import { GenerateService } from '../../domains/generate/generate.service.js';
import { questionAbout } from '../../domains/generate/picture-question.js';
import { whole } from '../../domains/generate/text-answer.js';
import { withinSeconds } from '../../inference/deadline.js';
import { isSupported, readsPictures } from '../../inference/catalogue/model-entry.js';
import { InferenceService } from '../../inference/inference.service.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import { OcrService } from '../../domains/ocr/ocr.service.js';
import { callerOf, type Client } from '../../http/request/client.js';
import { DEFAULT_PROMPT, rounded, toModel, toOcrResponse } from './chatvlm.codec.js';
import type { ChatvlmChatForm, ChatvlmOcrForm } from './chatvlm-forms.schema.js';
import type {
  ChatvlmChatResponse,
  ChatvlmHealth,
  ChatvlmModels,
  ChatvlmOcrResponse,
  ChatvlmUnloaded,
  ChatvlmWelcome,
} from './chatvlm.schema.js';

/** What the dialect's routes do; the root's shared paths call it too. */
@Injectable()
export class ChatvlmService {
  constructor(
    private readonly ocr: OcrService,
    private readonly generate: GenerateService,
    private readonly lifecycle: LifecycleService,
    private readonly inference: InferenceService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'chatvlmTimeout'>,
  ) {}

  async read(image: Uint8Array, form: ChatvlmOcrForm, client: Client): Promise<ChatvlmOcrResponse> {
    const { model, language } = form;
    await this.ocr.ready(model, client.signal);
    return this.inTime(client, async (signal, seconds) => {
      const reading = await this.ocr.read({ image, model, language }, callerOf(client, 'chatvlm'), signal);
      return toOcrResponse(reading, form, seconds());
    });
  }

  async chat(image: Uint8Array, form: ChatvlmChatForm, client: Client): Promise<ChatvlmChatResponse> {
    const { temperature, max_tokens: maxTokens } = form;
    const model = form.model ?? this.generate.defaultVisionModel;
    const prompt = form.prompt ?? DEFAULT_PROMPT;
    await this.inference.ready(model, 'image-text-to-text', client.signal);
    return this.inTime(client, async (signal, seconds) => {
      const answer = await this.generate.generate(
        {
          model,
          prompt: questionAbout([image], prompt),
          sampling: { ...(temperature !== undefined && { temperature }) },
          maxTokens,
        },
        callerOf(client, 'chatvlm'),
        signal,
      );
      const { text } = await whole(answer.chunks);
      const { id } = this.inference.catalogue.find(model);
      return { response: text, model: id, processing_time: rounded(seconds(), 3), prompt };
    });
  }

  welcome(): ChatvlmWelcome {
    return { message: 'Parley', version: VERSION, docs: '/docs', health: '/health' };
  }

  models(): ChatvlmModels {
    const readers = this.lifecycle.available().filter((entry) => isSupported(entry) && readsPictures(entry));
    const loaded = new Set(this.lifecycle.active());
    return {
      available: readers.map((entry) => toModel(entry)),
      loaded: readers.map(({ id }) => id).filter((id) => loaded.has(id)),
    };
  }

  /** Always healthy while it answers at all; a GPU counts once a loaded model uses it. */
  health(): ChatvlmHealth {
    const loaded = this.lifecycle.active();
    const gpu = this.inference.list().find((resident) => resident.facts?.gpuName != null)?.facts?.gpuName ?? null;
    return {
      status: 'healthy',
      gpu_available: gpu !== null,
      gpu_name: gpu,
      models_loaded: loaded.length,
      loaded_models: loaded,
    };
  }

  async unload(model: string): Promise<ChatvlmUnloaded> {
    await this.lifecycle.kill(model);
    return { status: 'success', message: `Model ${model} unloaded` };
  }

  /** Does work within the time of a request. */
  private inTime<T>({ signal }: Client, work: (signal: AbortSignal, seconds: () => number) => Promise<T>): Promise<T> {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    return withinSeconds(this.settings.chatvlmTimeout, signal, (limited) => work(limited, seconds));
  }
}
