import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import { ParleyError } from '../../inference/errors.js';
import { ModelJobs } from '../../jobs/kinds/model-jobs.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import type { Client } from '../../http/request/client.js';
import { LAUNCH_REPLY } from './launch-reply.js';

/** The dialect launches a model that a question names, which means downloading it where it is not installed. */
@Injectable()
export class Autoload {
  constructor(
    private readonly models: ModelJobs,
    private readonly lifecycle: LifecycleService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Throws `model_not_loaded` where AUTOLOAD is off. */
  async install(model: string, { keyId, signal, record }: Client): Promise<void> {
    if (this.lifecycle.missingFiles(model) === null) return;
    if (!this.settings.autoload) {
      throw new ParleyError('model_not_loaded', `The model "${model}" is not installed, and AUTOLOAD is off.`, {
        param: 'model_name',
      });
    }
    const requester = { keyId, idempotencyKey: null, isAwaited: true, request: record };
    await this.models.launch({ model, contextSize: null }, LAUNCH_REPLY, requester, signal);
  }
}
