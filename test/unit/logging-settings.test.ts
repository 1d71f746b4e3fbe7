import { describe, expect, it } from 'vitest';
import { InvalidSettingError, readSettings } from '../../src/config/settings.js';

describe('the settings of OpenTelemetry', () => {
  it('trace nothing unless a collector is named', () => {
    expect(readSettings({}).otlpEndpoint).toBeNull();
    expect(readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }).otlpEndpoint).toBeNull();
  });

  it('are percent-encoded where OpenTelemetry says so', () => {
    const settings = readSettings({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20a%3D%3D, x-scope = 1',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging,note=a%2Cb',
    });
    expect([...settings.otlpHeaders]).toEqual([
      ['authorization', 'Basic a=='],
      ['x-scope', '1'],
    ]);
    expect([...settings.otelResource]).toEqual([
      ['deployment.environment.name', 'staging'],
      ['note', 'a,b'],
    ]);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret-without-a-name'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=secret%'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=secret%0d%0ab: c'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a b=secret'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', ''],
    ['LOG_FORMAT', 'xml'],
  ])('%s=%s stops the start without repeating what may be a secret', (name, value) => {
    const read = (): unknown => readSettings({ [name]: value });
    expect(read).toThrow(InvalidSettingError);
    expect(read).toThrow(new RegExp(`^${name} (?!.*secret)`));
  });
});
