import type { IContainer } from 'kubernetes-models/v1';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1';
import { readSettings, SETTINGS } from '../../../src/config/settings.js';
import { named, ofKind, parleysOf, type Manifest } from './manifests.js';

const SETTING_NAMES: ReadonlySet<string> = new Set(Object.values(SETTINGS).map(({ env }) => env));

/** What a container's environment says in so many words: from ConfigMaps, then its own, without what Secrets hold. */
export function plainEnvironment(container: IContainer, manifests: readonly Manifest[]): Record<string, string> {
  const maps = (container.envFrom ?? []).map(
    ({ configMapRef }) => named(manifests, 'ConfigMap', configMapRef?.name ?? '').data ?? {},
  );
  const own = (container.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return Object.assign({}, ...maps, Object.fromEntries(own)) as Record<string, string>;
}

/** Variables that are no settings, or that stand after the variable that wants to contain them. */
export function environmentProblems(manifests: readonly Manifest[]): string[] {
  return parleysOf(manifests).flatMap(({ name, container }) => {
    const env = container.env ?? [];
    const names = [...Object.keys(plainEnvironment(container, manifests)), ...env.map((one) => one.name)];
    const contained = env.flatMap(({ value = '' }, at) =>
      [...value.matchAll(/\$\((\w+)\)/g)].map(([, variable = '']) => ({ variable, at })),
    );
    const late = contained.filter(({ variable, at }) => !env.slice(0, at).some((one) => one.name === variable));
    const parts = new Set(contained.map(({ variable }) => variable));
    const unknown = [...new Set(names)].filter((one) => !SETTING_NAMES.has(one) && !parts.has(one));
    return [
      ...unknown.map((one) => `${name}: ${one} is no setting`),
      ...late.map(({ variable }) => `${name}: $(${variable}) is not known there`),
    ];
  });
}

/** What would stop the start: the settings as a pod has them, with something in the place of what Secrets hold. */
export function settingsProblems(manifests: readonly Manifest[]): string[] {
  return parleysOf(manifests).flatMap(({ name, container }) => {
    const told = new Set((container.env ?? []).map((one) => one.name));
    const own = {
      ...(told.has('QUEUE_URL') && { QUEUE_URL: 'postgres://store' }),
      ...(told.has('THREADS') && { THREADS: '4' }),
    };
    const plain = plainEnvironment(container, manifests);
    const env = Object.entries({ ...own, ...plain }).map(([key, value]) => [
      key,
      value.replaceAll(/\$\(\w+\)/g, 'word'),
    ]);
    try {
      readSettings(Object.fromEntries(env) as Record<string, string>);
      return [];
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

/** The port that the service listens on is the one that the container says; its probes ask for routes that there are. */
export function routeProblems(manifests: readonly Manifest[], paths: readonly string[]): string[] {
  return parleysOf(manifests).flatMap(({ name, container }) => {
    const { PORT } = plainEnvironment(container, manifests);
    const opened = (container.ports ?? []).find((port) => port.name === 'http')?.containerPort;
    const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    const asked = probes.map((probe) => probe?.httpGet?.path ?? 'nothing');
    return [
      ...(String(opened) === PORT
        ? []
        : [`${name}: listens on ${PORT ?? 'its default port'}, opens ${String(opened)}`]),
      ...asked.filter((path) => !paths.includes(path)).map((path) => `${name}: a probe asks for ${path}`),
    ];
  });
}

/** Each pod has the time that its end may take, and a rollout the time that a start may take. Seconds. */
export function timeProblems(manifests: readonly Manifest[], lastSteps: number): string[] {
  return parleysOf(manifests).flatMap(({ name, pod, container }) => {
    const { DRAIN_SECONDS } = plainEnvironment(container, manifests);
    const end = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + Number(DRAIN_SECONDS) + lastSteps;
    const { periodSeconds = 10, failureThreshold = 3 } = container.startupProbe ?? {};
    const start = name === 'parley-api' ? periodSeconds * failureThreshold : 0;
    const { progressDeadlineSeconds = 600 } = named(manifests, 'Deployment', name).spec ?? {};
    return [
      ...((pod.terminationGracePeriodSeconds ?? 30) > end
        ? []
        : [`${name}: is killed before ${String(end)} s are over`]),
      ...(progressDeadlineSeconds > start ? [] : [`${name}: is called failed while it starts`]),
    ];
  });
}

/** Whether the Ingress leads a path to the service; by elements, as Kubernetes defines `Prefix`. */
function leadsTo(ingress: IIngress, path: string): boolean {
  const rules = (ingress.spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return rules.some(({ path: rule = '', pathType }) =>
    pathType === 'Exact' ? path === rule : path === rule || path.startsWith(`${rule.replace(/\/$/, '')}/`),
  );
}

/** Routes that clients need and do not reach, and routes that they must not reach. */
export function ingressProblems(
  manifests: readonly Manifest[],
  open: readonly string[],
  closed: readonly string[],
): string[] {
  return ofKind(manifests, 'Ingress').flatMap((ingress) => [
    ...open.filter((path) => !leadsTo(ingress, path)).map((path) => `the Ingress does not lead to ${path}`),
    ...closed.filter((path) => leadsTo(ingress, path)).map((path) => `the Ingress leads to ${path}`),
  ]);
}

const SERIES_OF_TYPES = /_(bucket|sum|count)$/;

/** Names of our metrics in a text, as they are registered: without what a histogram adds. */
export function metricNames(text: string): string[] {
  const names = [...text.matchAll(/\bparley_[a-z0-9_]+/g)].map(([name]) => name.replace(SERIES_OF_TYPES, ''));
  return [...new Set(names)].sort();
}

/** Metrics that a text names and `/metrics` does not have. */
export function metricProblems(text: string, scraped: string): string[] {
  const exposed = new Set([...scraped.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  return metricNames(text)
    .filter((name) => !exposed.has(name))
    .map((name) => `${name} is not exposed`);
}
