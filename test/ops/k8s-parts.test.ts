import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { K8S } from './support/manifests.js';
import { promtool } from './support/promtool.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-k8s-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the overlay's Redis", () => {
  it('starts with its file, keeps jobs, and asks for the password', async () => {
    const socket = join(folder, 'redis.sock');
    const here = ['--port', '0', '--unixsocket', socket, '--dir', folder];
    const args = [join(K8S, 'overlays/redis/redis.conf'), '--requirepass', 'a-password', ...here];
    const server = spawn('redis-server', args, { stdio: 'ignore' });
    const ended = new Promise((resolve) => server.once('close', resolve));
    const client = new Redis({
      path: socket,
      password: 'a-password',
      retryStrategy: () => (server.exitCode === null ? 20 : null),
      maxRetriesPerRequest: null,
    });
    const stranger = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => undefined); // until it listens
    stranger.on('error', () => undefined);
    try {
      expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      await expect(stranger.get('parley:x')).rejects.toThrow(/NOAUTH/);
    } finally {
      client.disconnect();
      stranger.disconnect();
      server.kill();
      await ended;
    }
  });
});

interface AdapterValues {
  readonly rules: { readonly custom: { readonly name: { readonly as: string }; readonly metricsQuery: string }[] };
}

/** The adapter's rules as Prometheus would be asked for the pods of a Deployment. */
function recordings(): { record: string; expr: string }[] {
  const values = parse(readFileSync(join(K8S, 'prometheus-adapter/values.yaml'), 'utf8')) as AdapterValues;
  return values.rules.custom.map(({ name, metricsQuery }) => ({
    record: `asked:${name.as}`,
    expr: metricsQuery
      .replaceAll('<<.Series>>', name.as)
      .replaceAll('<<.LabelMatchers>>', 'namespace="parley",pod=~"busy|idle"')
      .replaceAll('<<.GroupBy>>', 'pod'),
  }));
}

describe("the autoscaler's metrics, as prometheus-adapter asks for them", () => {
  it('are the worst queue and all who wait of each pod, and 0 for a pod that nobody asked yet', () => {
    const series = (name: string, labels: string, value: number): object => ({
      series: `${name}{namespace="parley",${labels}}`,
      values: String(value),
    });
    const samples = (name: string, busy: number): object[] => [
      { labels: `asked:${name}{pod="busy"}`, value: busy },
      { labels: `asked:${name}{pod="idle"}`, value: 0 },
    ];
    const test = {
      rule_files: ['rules.yaml'],
      tests: [
        {
          interval: '1m',
          input_series: [
            series('up', 'pod="busy"', 1),
            series('up', 'pod="idle"', 1),
            series('up', 'pod="of-others"', 1),
            series('parley_queue_drain_seconds', 'pod="busy",model="a"', 3),
            series('parley_queue_drain_seconds', 'pod="busy",model="b"', 9),
            series('parley_requests_waiting', 'pod="busy",model="a"', 2),
            series('parley_requests_waiting', 'pod="busy",model="b"', 5),
          ],
          promql_expr_test: [
            { expr: 'asked:parley_queue_drain_seconds', exp_samples: samples('parley_queue_drain_seconds', 9) },
            { expr: 'asked:parley_requests_waiting', exp_samples: samples('parley_requests_waiting', 7) },
          ].map((one) => ({ ...one, eval_time: '0m' })),
        },
      ],
    };
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'adapter', rules: recordings() }] }));
    writeFileSync(join(folder, 'test.yaml'), JSON.stringify(test));
    expect(promtool('test', 'rules', join(folder, 'test.yaml'))).toMatchObject({ status: 0 });
  });
});
