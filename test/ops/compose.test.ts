import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings, SETTINGS } from '../../src/config/settings.js';
import { pairsOf, stagesOf } from '../../tools/container/dockerfile.mjs';

const ROOT = new URL('../../', import.meta.url).pathname;
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const yaml = (path: string): unknown => parse(text(path), { merge: true });

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
  readonly command?: readonly string[];
  readonly deploy?: { readonly resources: { readonly limits: { readonly memory: string } } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file?: string }>>;
}

const compose = yaml('compose.yaml') as Compose;
const services = Object.entries(compose.services);
const parley = services.filter(([, { image }]) => image.startsWith('parley:'));

function service(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

const mountsOf = (one: Service): { from: string; to: string }[] =>
  (one.volumes ?? []).map((volume) => {
    const [from = '', to = ''] = volume.split(':');
    return { from, to };
  });
const secretsOf = (one: Service): Map<string, string> =>
  new Map(
    (one.secrets ?? []).map((secret) =>
      typeof secret === 'string' ? [secret, `/run/secrets/${secret}`] : [secret.source, secret.target],
    ),
  );

/** What the image says, before compose.yaml's own. */
const imageEnvironment = Object.assign(
  {},
  ...(stagesOf(text('Dockerfile'))
    .stages.at(-1)
    ?.instructions.filter(({ keyword }) => keyword === 'ENV')
    .map((one) => pairsOf(one.text)) ?? []),
) as Record<string, string>;

describe('compose.yaml', () => {
  it.each(services)('holds %s down', (_, one) => {
    expect(one.read_only).toBe(true);
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.security_opt).toContain('no-new-privileges:true');
    expect(one.deploy?.resources.limits.memory).toMatch(/^\d+[mg]$/);
    expect(one.image).toMatch(/:v?\d+\.\d+\.\d+/);
    for (const port of one.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services)('gives %s what is defined or lies in the repository', (_, one) => {
    for (const { from } of mountsOf(one)) {
      if (from.startsWith('./')) expect(existsSync(join(ROOT, from)), from).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(from);
    }
    for (const secret of secretsOf(one).keys()) expect(compose.secrets[secret]?.file).toMatch(/^\$\{PARLEY_SECRETS:-/);
    for (const network of one.networks ?? []) expect(Object.keys(compose.networks)).toContain(network);
    const needed = Array.isArray(one.depends_on) ? (one.depends_on as string[]) : Object.keys(one.depends_on ?? {});
    for (const other of needed) expect(Object.keys(compose.services)).toContain(other);
  });

  it('runs this version, as one that answers and one that works', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string };
    expect(parley.map(([, { image }]) => image)).toEqual([`parley:${version}`, `parley:${version}`]);
    expect(parley.map(([, { environment }]) => environment?.ROLE)).toEqual(['api', 'worker']);
  });

  it.each(parley)('gives %s settings that exist and hold together', (_, one) => {
    const known = new Set(Object.values(SETTINGS).map(({ env }) => env));
    expect(Object.keys(one.environment ?? {}).filter((name) => !known.has(name))).toEqual([]);
    const values = Object.entries(one.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(/^\$\{\w+:-(.*)\}$/, '$1'),
    ]);
    const settings = readSettings({ ...imageEnvironment, ...(Object.fromEntries(values) as Record<string, string>) });
    expect([...secretsOf(one).values()]).toContain(settings.apiKeysFile);
    const [volume] = mountsOf(one);
    for (const folder of [settings.dataDir, settings.modelsDir, settings.filesDir]) {
      expect(folder.startsWith(`${volume?.to ?? ''}/`)).toBe(true);
    }
    expect(settings.queueUrl?.hostname).toBe('redis');
    expect(Number.parseInt(one.stop_grace_period ?? '0')).toBeGreaterThanOrEqual(settings.drainSeconds + 20);
  });

  it('shares models and files between both, and nothing else', () => {
    const [api, worker] = parley.map(([, one]) => one.environment ?? {});
    expect(worker?.MODELS_DIR).toBe(api?.MODELS_DIR);
    expect(worker?.FILES_DIR).toBe(api?.FILES_DIR);
    expect(worker?.DATA_DIR).not.toBe(api?.DATA_DIR);
  });

  it('keeps Redis durable, and where only Parley reaches it', () => {
    const command = service('redis').command?.join(' ');
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
    const networks = service('redis').networks ?? [];
    expect(networks.map((name) => compose.networks[name]?.internal)).toEqual([true]);
    const others = services.filter(([, one]) => one.networks?.some((name) => networks.includes(name)));
    expect(others.map(([name]) => name).sort()).toEqual(['api', 'redis', 'worker']);
  });
});

describe('Prometheus', () => {
  const config = yaml('config/prometheus/prometheus.yml') as {
    rule_files: string[];
    scrape_configs: {
      metrics_path: string;
      authorization: { credentials_file: string };
      static_configs: { targets: string[] }[];
    }[];
  };
  const one = service('prometheus');

  it('asks every Parley at its port and path, with the key that it is given', () => {
    const [scrape] = config.scrape_configs;
    const targets = scrape?.static_configs.flatMap(({ targets: some }) => some);
    expect(targets).toEqual(parley.map(([name]) => `${name}:${imageEnvironment.PORT ?? ''}`));
    const { paths } = JSON.parse(text('openapi/root.json')) as { paths: object };
    expect(Object.keys(paths)).toContain(scrape?.metrics_path);
    expect([...secretsOf(one).values()]).toContain(scrape?.authorization.credentials_file);
    for (const [, { networks }] of parley) expect(networks).toEqual(expect.arrayContaining([...(one.networks ?? [])]));
  });

  it('reads its configuration and rules where they are mounted', () => {
    const mounted = new Map(mountsOf(one).map(({ from, to }) => [to, from]));
    for (const file of config.rule_files)
      expect(existsSync(join(ROOT, mounted.get(file) ?? 'nowhere')), file).toBe(true);
    const named = one.command?.map((word) => /^--config\.file=(.*)$/.exec(word)?.[1]).find(Boolean);
    expect(mounted.get(named ?? '')).toBe('./config/prometheus/prometheus.yml');
  });
});

describe('Grafana', () => {
  const mounted = mountsOf(service('grafana'));

  it('finds Prometheus, and the dashboards of k8s/base/monitoring', () => {
    const { datasources } = yaml('config/grafana/provisioning/datasources/prometheus.yaml') as {
      datasources: { url: string }[];
    };
    expect(datasources.map(({ url }) => new URL(url).hostname)).toEqual(['prometheus']);
    const { providers } = yaml('config/grafana/provisioning/dashboards/parley.yaml') as {
      providers: { options: { path: string } }[];
    };
    const folders = providers.map(({ options }) => mounted.find(({ to }) => to === options.path)?.from);
    expect(folders).toEqual(['./k8s/base/monitoring/dashboards']);
  });
});
