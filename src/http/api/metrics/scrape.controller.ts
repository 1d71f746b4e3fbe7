import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AcceptsMetricsKey } from '../../auth/access.js';
import { MetricsService } from '../../../observability/metrics/metrics.service.js';

@ApiTags('operations')
@Controller('metrics')
export class ScrapeController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  @AcceptsMetricsKey()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ operationId: 'getMetrics', summary: 'Metrics in the Prometheus text format' })
  @ApiOkResponse({
    description: 'One sample a line',
    content: {
      'text/plain': { schema: { type: 'string' }, example: 'parley_requests_running{model="starter-chat"} 2' },
    },
  })
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
