import { Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { VERSION } from '../../config/package-root.js';
import { LifecycleService } from '../../domains/lifecycle/lifecycle.service.js';
import { Public } from '../../http/auth/access.js';
import { ApiErrors, ApiJson } from '../../http/openapi/api-docs.js';
import { ServiceController } from '../../http/routing/dialect.js';
import { ChatvlmService } from '../chatvlm/chatvlm.service.js';
import { LlamaLocalService } from '../llama-local/llama-local.service.js';
import { WELCOME } from '../rkllama/rkllama.sentences.js';
import { RkllamaService } from '../rkllama/rkllama.service.js';
import { RootError } from '../../http/errors/service-error.schema.js';
import { RootHealth, RootModels, RootWelcome } from './root.schema.js';

/** The paths that belong to two dialects, at the root: the union of both answers. */
@ApiTags('root')
@ServiceController('')
export class RootController {
  constructor(
    private readonly rkllama: RkllamaService,
    private readonly llamaLocal: LlamaLocalService,
    private readonly lifecycle: LifecycleService,
    private readonly chatvlm: ChatvlmService,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ operationId: 'getWelcome', summary: 'What this is, and where to look next' })
  @ApiJson(RootWelcome, 'A welcome')
  welcome(): RootWelcome {
    return { message: 'Parley', version: VERSION, docs: '/docs', health: '/health', github: WELCOME.github };
  }

  @Get('models')
  @ApiOperation({ operationId: 'listModels', summary: 'Models on disk, those that read images, and those loaded' })
  @ApiJson(RootModels, 'The models')
  @ApiErrors(RootError, { 500: 'The models directory is missing' })
  models(): RootModels {
    return {
      models: this.rkllama.models().models,
      available: this.chatvlm.models().available,
      loaded: this.lifecycle.active(),
    };
  }

  @Get('health')
  @Public()
  @ApiOperation({ operationId: 'getHealth', summary: 'Whether the default text model is loaded, and what else' })
  @ApiJson(RootHealth, 'The state of the service')
  health(): RootHealth {
    // Both have a `status`: the root spells it as llama-local does.
    return { ...this.chatvlm.health(), ...this.llamaLocal.health() };
  }
}
