import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT, rulesOf, textOf } from './support/monitoring.js';
import { promtool } from './support/promtool.js';

const RULES = 'config/prometheus/rules.yaml';
const TESTS = 'config/prometheus/tests';

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const { groups } = rulesOf(RULES);
const alerts = groups.flatMap(({ rules }) => rules);
const testFiles = readdirSync(join(ROOT, TESTS)).map((name) => `${TESTS}/${name}`);
const cases = testFiles
  .flatMap((path) => (parse(textOf(path)) as RuleTests).tests)
  .flatMap((test) => test.alert_rule_test);

/** As GitHub and most viewers make anchors of headings. */
const anchors = [...textOf('docs/operations.md').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

describe('the alert rules', () => {
  it('are rules as promtool understands them', () => {
    expect(promtool('check', 'rules', join(ROOT, RULES))).toMatchObject({ status: 0 });
  });

  it('fire when they should, and not otherwise', () => {
    const { status, output } = promtool('test', 'rules', ...testFiles.map((path) => join(ROOT, path)));
    expect(output).not.toContain('FAILED');
    expect(status).toBe(0);
  });

  it('are the same for the Prometheus operator', () => {
    const resource = parse(textOf('k8s/base/monitoring/prometheus-rule.yaml')) as { spec: unknown };
    expect(resource.spec).toEqual({ groups });
  });

  it('have names of their own', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });

  it.each(alerts.map((rule) => [rule.alert, rule] as const))('%s is tested, and says what to do', (name, rule) => {
    const own = cases.filter(({ alertname }) => alertname === name);
    expect(own.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    expect(own.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
    expect(['critical', 'warning', 'info']).toContain(rule.labels.severity);
    expect(Object.keys(rule.annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
    expect(rule.annotations.runbook_url).toBe(`docs/operations.md#${name.toLowerCase()}`);
    expect(anchors).toContain(name.toLowerCase());
  });
});
