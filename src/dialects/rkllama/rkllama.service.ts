import { Injectable } from '@nestjs/common';
import { GenerateService } from '../../domains/generate/generate.service.js';
import { whole } from '../../domains/generate/text-answer.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import { ModelJobs } from '../../jobs/kinds/model-jobs.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import { callerOf, type Client } from '../../http/request/client.js';
import { streamedAnswer, wholeAnswer, type Answer } from '../../http/responses/text-stream.js';
import { CurrentModel } from './current-model.js';
import { toGenerateRequest, toLines, toResponse } from './rkllama.codec.js';
import type {
  RkllamaCurrentModel,
  RkllamaGenerateRequest,
  RkllamaGenerateResponse,
  RkllamaMessageResponse,
  RkllamaModels,
} from './rkllama.schema.js';
import {
  alreadyLoaded,
  loaded,
  noModelsFolder,
  notFoundToLoad,
  notFoundToRemove,
  nothingLoaded,
  REMOVED,
  UNLOADED,
} from './rkllama.sentences.js';

/** What the dialect's routes do; the root's shared paths call it too. */
@Injectable()
export class RkllamaService {
  constructor(
    private readonly current: CurrentModel,
    private readonly generateService: GenerateService,
    private readonly lifecycle: LifecycleService,
    private readonly inference: InferenceService,
    private readonly modelJobs: ModelJobs,
  ) {}

  models(): RkllamaModels {
    if (!this.inference.catalogue.modelsDirExists()) throw noModelsFolder();
    return { models: this.lifecycle.installed().map((entry) => entry.id) };
  }

  async load(name: string, client: Client): Promise<RkllamaMessageResponse> {
    if ((await this.current.get(client.keyId)) !== null) throw alreadyLoaded();
    try {
      await this.lifecycle.launch({ model: name, contextSize: null }, client.signal);
    } catch (error) {
      throw error instanceof ParleyError && error.code === 'model_not_found' ? notFoundToLoad(name) : error;
    }
    await this.current.set(client.keyId, name);
    return loaded(name);
  }

  async unload(client: Client): Promise<RkllamaMessageResponse> {
    const name = await this.current.get(client.keyId);
    if (name === null) throw nothingLoaded(400);
    await this.lifecycle.unload(name); // which ends every key's pointer to it
    return UNLOADED;
  }

  async currentModel(client: Client): Promise<RkllamaCurrentModel> {
    const name = await this.current.get(client.keyId);
    if (name === null) throw nothingLoaded(404);
    return { model_name: name };
  }

  async remove(name: string): Promise<RkllamaMessageResponse> {
    try {
      await this.modelJobs.remove(name);
    } catch (error) {
      throw error instanceof ParleyError && error.code === 'model_not_found' ? notFoundToRemove(name) : error;
    }
    return REMOVED;
  }

  async generate(body: RkllamaGenerateRequest, client: Client): Promise<Answer<RkllamaGenerateResponse>> {
    const name = await this.current.get(client.keyId);
    if (name === null) throw nothingLoaded(400);
    const caller = callerOf(client, 'rkllama');
    const answer = await this.generateService.generate(toGenerateRequest(body, name), caller, client.signal);
    if (body.stream === true) return streamedAnswer('application/x-ndjson', toLines(answer.chunks));
    return wholeAnswer(toResponse(await whole(answer.chunks)));
  }
}
