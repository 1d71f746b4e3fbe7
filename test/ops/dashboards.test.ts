import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../support/http.js';
import { startServer, STARTER_FILE, type Server } from '../support/server.js';
import { exposedBy, type Exposed } from './support/exposition.js';
import { DASHBOARDS, dashboardOf, ROOT, rulesOf, type Panel, type Place } from './support/monitoring.js';
import { readsOf } from './support/promql.js';
import { promtool } from './support/promtool.js';

/** Labels that Prometheus gives to whatever it scrapes, in Kubernetes or elsewhere. */
const OF_TARGETS = ['job', 'instance', 'namespace', 'pod'];
const VARIABLE = /\$(\w+)/g;
/** Grafana's own. */
const BUILT_IN = ['__rate_interval', '__range'];

const dashboards = DASHBOARDS.map((name) => ({ name, ...dashboardOf(name) }));
const panels = dashboards.flatMap((dashboard) => dashboard.panels.filter(({ type }) => type !== 'row'));
const named = dashboards.map((dashboard) => [dashboard.name, dashboard] as const);

const queriesOf = (panel: Panel): readonly { readonly expr: string; readonly legendFormat: string }[] =>
  panel.targets ?? [];
const expressionsOf = (all: readonly Panel[]): string[] => all.flatMap(queriesOf).map(({ expr }) => expr);

/** A label_values(…) of a variable, as the expression and the label that it reads. */
function variableQuery(definition: string): { expr: string; label: string } {
  const [, expr, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
  if (expr === undefined || label === undefined) throw new Error(`no label_values: ${definition}`);
  return { expr, label };
}

const variables = dashboards
  .flatMap(({ templating }) => templating.list)
  .flatMap(({ definition }) => (definition === undefined ? [] : [variableQuery(definition)]));

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe('the dashboards', () => {
  it('are what tools/dashboards/write.mjs makes', () => {
    const { status, stderr } = spawnSync(process.execPath, ['tools/dashboards/write.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('keep the addresses that people have noted', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual(['parley-overview', 'parley-models', 'parley-jobs']);
    for (const { tags } of dashboards) expect(tags).toEqual(['parley']); // by which they link to one another
  });

  it.each(named)(
    '%s has panels that say what they show, in which unit, and what it means when they are empty',
    (_, d) => {
      for (const panel of d.panels.filter(({ type }) => type !== 'row')) {
        expect(panel.description, panel.title).toMatch(/^\S.+\.$/);
        expect(panel.fieldConfig?.defaults.unit, panel.title).toMatch(/^(short|s|bytes|reqps|percentunit|suffix: .+)$/);
        expect(panel.fieldConfig?.defaults.noValue, panel.title).toMatch(/\w/);
        expect(panel.datasource?.uid, panel.title).toBe('${datasource}');
        expect(queriesOf(panel).length, panel.title).toBeGreaterThan(0);
      }
    },
  );

  it.each(named)('%s has room for each panel', (_, { panels: all }) => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const [at, { gridPos, title }] of all.entries()) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      const others = all.slice(at + 1).filter((other) => overlap(gridPos, other.gridPos));
      expect(others.map((other) => other.title)).toEqual([]);
    }
  });

  it.each(named)('%s uses only variables that it has', (_, { panels: all, templating }) => {
    const has = new Set([...templating.list.map(({ name }) => name), ...BUILT_IN]);
    const definitions = templating.list.flatMap(({ definition = '' }) => definition);
    const used = [...expressionsOf(all), ...definitions].flatMap((text) => [...text.matchAll(VARIABLE)]);
    expect(used.map(([, name = '']) => name).filter((name) => !has.has(name))).toEqual([]);
  });

  it('name their series by labels that the queries keep', () => {
    for (const { expr, legendFormat } of panels.flatMap(queriesOf)) {
      const { grouping } = readsOf(expr);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      expect(
        shown.filter((label) => label !== undefined && !grouping.includes(label)),
        expr,
      ).toEqual([]);
    }
  });

  it('ask in PromQL', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-promql-'));
    const filled = [...expressionsOf(panels), ...variables.map(({ expr }) => expr)].map((expr) =>
      expr.replace(/\$__\w+/g, '5m').replace(VARIABLE, '.*'),
    );
    // JSON is YAML; names differ so that promtool does not take the rules for copies.
    const rules = [...new Set(filled)].map((expr, at) => ({ record: `panel:${String(at)}`, expr }));
    const path = join(folder, 'panels.yaml');
    writeFileSync(path, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const result = promtool('check', 'rules', path);
    rmSync(folder, { recursive: true });
    expect(result).toMatchObject({ status: 0 });
  });
});

describe('what dashboards and alerts read', () => {
  let server: Server;
  let exposed: Exposed;
  const folder = mkdtempSync(join(tmpdir(), 'parley-broken-'));

  beforeAll(async () => {
    const broken = join(folder, 'broken.gguf');
    const whole = readFileSync(STARTER_FILE);
    writeFileSync(broken, whole.subarray(0, whole.length / 2));
    server = await startServer({ models: { 'broken.gguf': broken } });
    const chat = (model: string) =>
      post(`${server.url}/v1/chat/completions`, {
        model,
        messages: [{ role: 'user', content: 'Hello!' }],
        max_tokens: 4,
        stream: true,
      });
    expect((await chat('starter-chat')).status).toBe(200);
    expect((await chat('broken.gguf')).status).toBe(500);
    await post(`${server.url}/rkllama/load_model`, { model_name: 'starter-chat' });
    const loaded = (await get(`${server.url}/metrics`)).text;
    expect((await post(`${server.url}/rkllama/unload_model`, {})).status).toBe(200);
    exposed = exposedBy(`${loaded}\n${(await get(`${server.url}/metrics`)).text}`);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  /** What of an expression the service does not show. */
  function missing(expr: string): string[] {
    const { selectors, grouping } = readsOf(expr);
    expect(selectors.length, expr).toBeGreaterThan(0);
    const own = selectors.filter(({ metric }) => metric !== 'up');
    const known = new Set([...OF_TARGETS, ...own.flatMap(({ metric }) => [...(exposed.get(metric)?.keys() ?? [])])]);
    return [
      ...grouping.filter((label) => label !== '' && !known.has(label)).map((label) => `by (${label})`),
      ...own.flatMap(({ metric, labels, values }) => {
        const samples = exposed.get(metric);
        if (samples === undefined) return [metric];
        const strange = labels.filter((label) => !samples.has(label) && !OF_TARGETS.includes(label));
        const never = Object.entries(values).filter(([label, value]) => samples.get(label)?.has(value) !== true);
        return [
          ...strange.map((label) => `${metric}{${label}}`),
          ...never.map(([label, value]) => `${metric}{${label}="${value}"}`),
        ];
      }),
    ];
  }

  it('would be noticed if it were not there', () => {
    expect(missing('sum by (model) (rate(parley_requests_total{outcome="error"}[5m]))')).toEqual([]);
    expect(missing('sum by (modell) (rate(parley_requests_totall[5m]))')).toEqual([
      'by (modell)',
      'parley_requests_totall',
    ]);
    expect(missing('rate(parley_requests_total{outcome="errors",kind="x"}[5m]) > 0')).toEqual([
      'parley_requests_total{kind}',
      'parley_requests_total{outcome="errors"}',
      'parley_requests_total{kind="x"}',
    ]);
  });

  it.each(named)('is there: the panels of %s', (_, { panels: all }) => {
    for (const expr of expressionsOf(all)) expect(missing(expr), expr).toEqual([]);
  });

  it('is there: the variables', () => {
    for (const { expr, label } of variables) {
      expect(missing(expr), expr).toEqual([]);
      const { metric } = readsOf(expr).selectors[0] ?? { metric: '' };
      expect([...OF_TARGETS, ...(exposed.get(metric)?.keys() ?? [])], expr).toContain(label);
    }
  });

  it('is there: the alerts', () => {
    const alerts = rulesOf('config/prometheus/rules.yaml').groups.flatMap(({ rules }) => rules);
    for (const { alert, expr } of alerts) expect(missing(expr), alert).toEqual([]);
  });
});
