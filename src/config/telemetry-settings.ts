import * as parse from './parsers.js';
import { setting } from './setting.js';

/** What is written of the service's own doings, and where to. The names of OpenTelemetry's settings are its own. */
export const TELEMETRY_SETTINGS = {
  logFormat: setting(
    'LOG_FORMAT',
    parse.oneOf('auto', 'json', 'pretty'),
    'auto',
    'json, pretty, or auto: pretty where stdout is a terminal',
  ),
  otlpEndpoint: setting<URL | null>(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    parse.httpUrl,
    null,
    'Base URL of an OpenTelemetry collector that takes traces as OTLP over HTTP: `http://collector:4318`; unset: no traces',
  ),
  otlpHeaders: setting<ReadonlyMap<string, string>>(
    'OTEL_EXPORTER_OTLP_HEADERS',
    parse.headers,
    new Map(),
    'Headers that the collector wants: `name=value`, separated by commas, values percent-encoded',
  ),
  otelServiceName: setting('OTEL_SERVICE_NAME', parse.text, 'parley', 'What traces name the service'),
  otelResource: setting<ReadonlyMap<string, string>>(
    'OTEL_RESOURCE_ATTRIBUTES',
    parse.attributes,
    new Map(),
    'What traces tell of the process: `deployment.environment.name=staging`',
  ),
  otelSampler: setting(
    'OTEL_TRACES_SAMPLER',
    parse.oneOf(
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ),
    'parentbased_always_on',
    'Which requests are traced; parentbased: as whoever calls says, and by the rest of the name where nobody does',
  ),
  otelDelay: setting(
    'OTEL_BSP_SCHEDULE_DELAY',
    parse.integer(1, 60_000),
    5000,
    'Milliseconds after which spans that wait are sent to the collector',
  ),
  otelSamplerArg: setting('OTEL_TRACES_SAMPLER_ARG', parse.ratio, 1, 'For traceidratio: the share, from 0 to 1'),
} as const;
