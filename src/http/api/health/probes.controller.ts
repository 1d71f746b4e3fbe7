import { Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { ServiceController } from '../../routing/dialect.js';
import { InferenceService } from '../../../inference/inference.service.js';
import { Public } from '../../auth/access.js';
import { Preloader } from './preloader.js';

/** Kubernetes' probes. None of them loads a model or depends on load. */
@ApiTags('operations')
@Public()
@ServiceController('healthz')
export class ProbesController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(Preloader) private readonly preloader: Preloader,
    private readonly inference: InferenceService,
  ) {}

  @Get('live')
  @HealthCheck()
  @ApiOperation({ operationId: 'getLiveness', summary: 'The event loop turns; nothing else is asked' })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'The preloaded models answer, and the service is not draining',
  })
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.models(),
      () => {
        const draining = this.indicators.check('draining');
        return this.inference.isDraining ? draining.down('shutting down') : draining.up();
      },
    ]);
  }

  @Get('startup')
  @HealthCheck()
  @ApiOperation({ operationId: 'getStartup', summary: 'The preloaded models have been loaded, or have failed to' })
  startup(): Promise<HealthCheckResult> {
    return this.health.check([
      () => {
        const loading = this.indicators.check('loading');
        return this.preloader.done ? loading.up() : loading.down({ models: this.preloader.states() });
      },
    ]);
  }

  private models() {
    const models = this.indicators.check('models');
    const states = this.preloader.states();
    return this.preloader.well ? models.up(states) : models.down(states);
  }
}
