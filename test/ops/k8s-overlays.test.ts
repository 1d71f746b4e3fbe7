import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { plainEnvironment } from './support/app-rules.js';
import { BUILDS, K8S, build, buildOnTop, named, namesOf, parleysOf } from './support/manifests.js';
import type { Kustomization, Manifest } from './support/manifests.js';
import { problemsOf } from './support/rules.js';

const builds = new Map<string, readonly Manifest[]>();

function manifests(folder: string): readonly Manifest[] {
  return builds.get(folder) ?? [];
}

beforeAll(async () => {
  for (const folder of BUILDS) builds.set(folder, await build(folder));
});

describe('the builds differ where they should', () => {
  const role = (folder: string): (string | undefined)[] =>
    parleysOf(manifests(folder)).map(({ container }) => plainEnvironment(container, manifests(folder)).ROLE);
  const store = (folder: string): (string | undefined)[] =>
    parleysOf(manifests(folder)).map(({ container }) => plainEnvironment(container, manifests(folder)).QUEUE_URL);

  it('single-node: one process, one volume, no store beside it', () => {
    const all = manifests('overlays/single-node');
    expect(role('overlays/single-node')).toEqual(['all']);
    expect(JSON.stringify(all)).not.toContain('QUEUE_URL');
    expect(all.map(({ kind }) => kind)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/HorizontalPodAutoscaler|PodDisruptionBudget|StatefulSet/)]),
    );
    const { spec } = named(all, 'Deployment', 'parley-api');
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect([...namesOf(all, 'PersistentVolumeClaim')]).toEqual(['parley-data']);
  });

  it('base takes its store from the Secret, redis brings its own', () => {
    expect(role('base')).toEqual(['api', 'worker']);
    expect(store('base')).toEqual([undefined, undefined]);
    const own = 'redis://:$(REDIS_PASSWORD)@parley-redis:6379/0';
    expect(store('overlays/redis')).toEqual([own, own]);
  });

  it('gpu: a card and the image for it for api pods, neither for workers', () => {
    const [api, worker] = parleysOf(manifests('overlays/gpu')).map(({ container }) => container);
    expect(api?.resources?.limits).toMatchObject({ 'nvidia.com/gpu': '1' });
    expect(api?.image).toMatch(/-cuda$/);
    expect(worker?.resources?.limits).not.toHaveProperty('nvidia.com/gpu');
    expect(worker?.image).not.toMatch(/-cuda$/);
  });

  it('the GPU goes on one process as well', async () => {
    const all = await buildOnTop({ resources: ['overlays/single-node'], components: ['components/gpu'] });
    expect(problemsOf(all)).toEqual([]);
    expect(parleysOf(all).map(({ container }) => container.resources?.limits?.['nvidia.com/gpu'])).toEqual(['1']);
  });

  it('a cluster without the Prometheus operator is not asked to know its kinds', async () => {
    const kinds = (
      await buildOnTop({ resources: ['base'], components: ['components/without-prometheus-operator'] })
    ).map(({ kind }) => kind);
    expect(kinds).toContain('Deployment');
    expect(kinds).not.toContain('ServiceMonitor');
    expect(kinds).not.toContain('PrometheusRule');
  });

  it('the overlay of docs/kubernetes.md is one, and its settings arrive', async () => {
    const example = /```yaml\n( +# kustomization\.yaml\n[^]*?)```/.exec(
      readFileSync(join(K8S, '../docs/kubernetes.md'), 'utf8'),
    );
    const kustomization = parse(example?.[1] ?? '') as Kustomization;
    const all = await buildOnTop({ ...kustomization, resources: ['overlays/redis'] });
    expect(problemsOf(all)).toEqual([]);
    const [api] = parleysOf(all);
    if (api === undefined) throw new Error('it has no pod');
    expect(plainEnvironment(api.container, all)).toMatchObject({ PRELOAD_MODELS: 'llama-3-8b-instruct', PORT: '8000' });
    expect(api.container.image).toMatch(/^registry\.internal\/ai\/parley:/);
    expect(api.container.resources?.limits?.memory).toBe('24Gi');
    expect(JSON.stringify(named(all, 'Ingress', 'parley'))).not.toContain('example.com');
  });
});
