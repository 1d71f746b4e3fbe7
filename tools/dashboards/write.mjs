/**
 * Writes what Grafana and the Prometheus operator read: the dashboards, and config/prometheus/rules.yaml as a
 * PrometheusRule. With --check it writes nothing and fails when a file is out of date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { jobs } from './jobs.mjs';
import { models } from './models.mjs';
import { overview } from './overview.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MONITORING = 'k8s/base/monitoring';
const RULES = 'config/prometheus/rules.yaml';

function prometheusRule() {
  const rules = readFileSync(join(ROOT, RULES), 'utf8');
  const groups = rules.slice(rules.indexOf('groups:')).replace(/^(?=.)/gm, '  ');
  return `# Made of ${RULES} by tools/dashboards/write.mjs: change that file and run it again.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: parley
  labels:
    app.kubernetes.io/name: parley
spec:
${groups}`;
}

const files = {
  [`${MONITORING}/dashboards/overview.json`]: JSON.stringify(overview),
  [`${MONITORING}/dashboards/models.json`]: JSON.stringify(models),
  [`${MONITORING}/dashboards/jobs.json`]: JSON.stringify(jobs),
  [`${MONITORING}/prometheus-rule.yaml`]: prometheusRule(),
};

const stale = [];
for (const [path, content] of Object.entries(files)) {
  const full = join(ROOT, path);
  const text = await prettier.format(content, { ...(await prettier.resolveConfig(full)), filepath: full });
  if (existsSync(full) && readFileSync(full, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    stale.push(path);
    continue;
  }
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}
if (stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}; run node tools/dashboards/write.mjs`);
  process.exit(1);
}
