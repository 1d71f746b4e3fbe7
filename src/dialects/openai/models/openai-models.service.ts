import { Injectable } from '@nestjs/common';
import { isSupported } from '../../../inference/catalogue/model-entry.js';
import { ParleyError } from '../../../inference/errors.js';
import { InferenceService } from '../../../inference/inference.service.js';
import { LifecycleService } from '../../../domains/lifecycle/lifecycle.service.js';
import { isServed, toModel } from './openai-models.codec.js';
import type { OpenAiModel, OpenAiModelList } from './openai-models.schema.js';

@Injectable()
export class OpenAiModels {
  constructor(
    private readonly lifecycle: LifecycleService,
    private readonly inference: InferenceService,
  ) {}

  /** Installed models and the aliases that lead to them. `base` is the URL that the client reached. */
  list(base: string): OpenAiModelList {
    const residents = new Map(this.inference.list().map((resident) => [resident.model, resident]));
    const installed = this.lifecycle.installed().map((entry) => ({ id: entry.id, entry }));
    const aliases = this.lifecycle.aliases().map(({ alias, entry }) => ({ id: alias, entry }));
    const served = [...installed, ...aliases].filter(({ entry }) => isSupported(entry) && isServed(entry));
    const data = served.map(({ id, entry }) => toModel({ ...entry, id }, base, residents.get(entry.id)));
    return { project: 'parley', object: 'list', data };
  }

  /** Throws `model_not_found`. */
  find(id: string, base: string): OpenAiModel {
    const found = this.list(base).data.find((model) => model.id === id);
    if (found !== undefined) return found;
    throw new ParleyError('model_not_found', `There is no model named "${id}".`, { param: 'model' });
  }
}
