import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IContainer } from 'kubernetes-models/v1';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';
import { metricNames, metricProblems, plainEnvironment } from './support/app-rules.js';
import { K8S, build, exampleSecrets, named, parleysOf } from './support/manifests.js';

const ADAPTER = readFileSync(join(K8S, 'prometheus-adapter/values.yaml'), 'utf8');

describe('the service, started with what single-node gives its pod', () => {
  let server: Server;
  let folder: string;
  let scraped: string;
  let container: IContainer;
  const secrets = exampleSecrets();
  const secret = (name: string, key: string): string => named(secrets, 'Secret', name).stringData?.[key] ?? '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-k8s-'));
    writeFileSync(join(folder, 'keys.yaml'), secret('parley-api-keys', 'keys.yaml'));
    const all = await build('overlays/single-node');
    const [pod] = parleysOf(all);
    if (pod === undefined) throw new Error('single-node has no pod');
    container = pod.container;
    const env = {
      ...plainEnvironment(pod.container, all),
      METRICS_KEY: secret('parley-secrets', 'METRICS_KEY'),
      ADMIN_KEY: secret('parley-secrets', 'ADMIN_KEY'),
      // what the machine of the test has in the place of the pod's
      API_KEYS_FILE: join(folder, 'keys.yaml'),
      DATA_DIR: join(folder, 'data'),
      PORT: '0',
    };
    server = await startServer({ dataDir: join(folder, 'data'), env });
    await post(
      `${server.url}/v1/chat/completions`,
      { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 },
      bearer(),
    );
    const metricsKey = { authorization: `Bearer ${secret('parley-secrets', 'METRICS_KEY')}` };
    scraped = (await get(`${server.url}/metrics`, metricsKey)).text;
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function bearer(): Record<string, string> {
    return { authorization: `Bearer ${/key: (\S+)/.exec(secret('parley-api-keys', 'keys.yaml'))?.[1] ?? ''}` };
  }

  it('takes the keys of the mounted file, and nobody else', async () => {
    expect((await get(`${server.url}/v1/models`, bearer())).status).toBe(200);
    expect((await get(`${server.url}/v1/models`)).status).toBe(401);
  });

  it('answers its probes without a key', async () => {
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      expect((await get(`${server.url}${probe?.httpGet?.path ?? ''}`)).status).toBe(200);
    }
  });

  it('exposes what the autoscaler, its adapter and the alerts ask for', async () => {
    const all = await build('base');
    const scaler = named(all, 'HorizontalPodAutoscaler', 'parley-api');
    const scaledOn = JSON.stringify(scaler.spec.metrics);
    expect(metricNames(scaledOn)).toEqual(['parley_queue_drain_seconds', 'parley_requests_waiting']);
    expect(metricNames(ADAPTER)).toEqual(metricNames(scaledOn));
    const rules = JSON.stringify(all.filter(({ kind }) => kind === 'PrometheusRule'));
    expect(metricProblems(`${scaledOn} ${rules}`, scraped)).toEqual([]);
    for (const name of metricNames(scaledOn)) expect(scraped).toContain(`${name}{model="starter-chat"}`);
  });
});
