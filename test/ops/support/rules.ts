import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGISTRY } from '../../../src/dialects/registry.js';
import { environmentProblems, ingressProblems, routeProblems, settingsProblems, timeProblems } from './app-rules.js';
import { clusterProblems } from './cluster-rules.js';
import { K8S, type Manifest } from './manifests.js';
import { referenceProblems, safetyProblems } from './pod-rules.js';

const ROOT = join(K8S, '..');

/** Routes that nobody reaches from outside the cluster. */
const CLOSED = ['/metrics', '/healthz/live', '/healthz/ready', '/healthz/startup', '/admin/queues'];

/** Routes at the root, and those of a dialect under its prefix. */
function documentedPaths(): string[] {
  const pathsOf = (name: string): string[] =>
    Object.keys((JSON.parse(readFileSync(join(ROOT, `openapi/${name}.json`), 'utf8')) as { paths: object }).paths);
  return [...pathsOf('root'), ...REGISTRY.flatMap(({ name }) => pathsOf(name).map((path) => `/${name}${path}`))];
}

/** Seconds that the end may take after the last answer. */
function lastSteps(): number {
  const source = readFileSync(join(ROOT, 'src/http/drain/shutdown.ts'), 'utf8');
  const found = /^(?:export )?const LAST_STEPS_MS = ([\d_]+);$/m.exec(source)?.[1];
  if (found === undefined)
    throw new Error('src/http/drain/shutdown.ts says no longer how long the last steps may take');
  return Number(found.replaceAll('_', '')) / 1000;
}

const PATHS = documentedPaths();
const OPEN = [
  ...PATHS.filter((path) => !CLOSED.includes(path)),
  ...['/docs', '/docs/swagger-ui.css', '/redoc', '/redoc/redoc.standalone.js', '/openapi.json', '/openapi/openai.json'],
];

/** What does not fit together in one build: in the cluster, and between the cluster and the service. */
export function problemsOf(manifests: readonly Manifest[]): string[] {
  return [
    ...clusterProblems(manifests),
    ...referenceProblems(manifests),
    ...safetyProblems(manifests),
    ...environmentProblems(manifests),
    ...settingsProblems(manifests),
    ...routeProblems(manifests, PATHS),
    ...timeProblems(manifests, lastSteps()),
    ...ingressProblems(manifests, OPEN, CLOSED),
  ];
}
