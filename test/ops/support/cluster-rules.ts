import { ofKind, workloadsOf, type Manifest, type Workload } from './manifests.js';

/** A selector, as far as these manifests use one. */
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { key: string; operator: string; values?: string[] }[];
}

function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return equal && (selector.matchExpressions ?? []).every(({ key, values }) => values?.includes(labels[key] ?? ''));
}

function portNames(workloads: readonly Workload[]): string[] {
  return workloads.flatMap(({ pod }) =>
    pod.containers.flatMap(({ ports }) => (ports ?? []).map((port) => port.name ?? '')),
  );
}

/** What an object of one kind names and is not there. */
type Rule = (manifests: readonly Manifest[]) => string[];

/** Each selector selects pods that there are. */
const selectors: Rule = (manifests) => {
  const workloads = workloadsOf(manifests);
  const chosen: [string, Selector][] = [
    ...ofKind(manifests, 'Service').map((one): [string, Selector] => [
      `Service ${one.metadata.name}`,
      { matchLabels: one.spec?.selector ?? {} },
    ]),
    ...ofKind(manifests, 'PodDisruptionBudget').map((one): [string, Selector] => [
      `PodDisruptionBudget ${one.metadata.name}`,
      one.spec?.selector ?? {},
    ]),
    ...ofKind(manifests, 'NetworkPolicy').map((one): [string, Selector] => [
      `NetworkPolicy ${one.metadata.name}`,
      one.spec?.podSelector ?? {},
    ]),
  ];
  const ownPods = ofKind(manifests, 'Deployment')
    .filter(({ spec }) => !selects(spec?.selector ?? {}, spec?.template.metadata?.labels ?? {}))
    .map(({ metadata }) => `Deployment ${metadata.name} does not select its own pods`);
  const nobody = chosen.filter(([, selector]) => !workloads.some(({ labels }) => selects(selector, labels)));
  return [...ownPods, ...nobody.map(([name]) => `${name} selects no pod`)];
};

/** Each port that a Service, a policy, an Ingress or a ServiceMonitor names is there. */
const ports: Rule = (manifests) => {
  const workloads = workloadsOf(manifests);
  const services = ofKind(manifests, 'Service');
  const ofServices = services.flatMap(({ metadata, spec }) => {
    const there = portNames(workloads.filter(({ labels }) => selects({ matchLabels: spec?.selector ?? {} }, labels)));
    const wanted = (spec?.ports ?? []).map(({ targetPort }) => String(targetPort));
    return wanted.filter((name) => !there.includes(name)).map((name) => `Service ${metadata.name}: no port ${name}`);
  });
  const ofPolicies = ofKind(manifests, 'NetworkPolicy').flatMap(({ metadata, spec }) => {
    const there = portNames(workloads.filter(({ labels }) => selects(spec?.podSelector ?? {}, labels)));
    const wanted = (spec?.ingress ?? []).flatMap((rule) => (rule.ports ?? []).map(({ port }) => String(port)));
    return wanted
      .filter((name) => !there.includes(name))
      .map((name) => `NetworkPolicy ${metadata.name}: no port ${name}`);
  });
  const ofIngresses = ofKind(manifests, 'Ingress').flatMap(({ metadata, spec }) => {
    const backends = (spec?.rules ?? []).flatMap(({ http }) =>
      (http?.paths ?? []).map(({ backend }) => backend.service),
    );
    const lost = backends.filter((backend) => {
      const service = services.find((one) => one.metadata.name === backend?.name);
      return service?.spec?.ports?.some(({ name }) => name === backend?.port?.name) !== true;
    });
    return lost.map((one) => `Ingress ${metadata.name}: no Service ${one?.name ?? ''} with that port`);
  });
  const ofMonitors = ofKind(manifests, 'ServiceMonitor').flatMap(({ metadata, spec }) => {
    const there = services.filter((service) => selects(spec.selector, service.metadata.labels ?? {}));
    const lost = spec.endpoints.filter(
      ({ port }) => there.length === 0 || !there.every((one) => one.spec?.ports?.some(({ name }) => name === port)),
    );
    return lost.map(({ port }) => `ServiceMonitor ${metadata.name}: no Service with a port ${port ?? ''}`);
  });
  return [...ofServices, ...ofPolicies, ...ofIngresses, ...ofMonitors];
};

/** What an autoscaler scales is there, and does not have its number set by somebody else. */
const scaled: Rule = (manifests) =>
  ofKind(manifests, 'HorizontalPodAutoscaler').flatMap(({ metadata, spec }) => {
    const target = ofKind(manifests, 'Deployment').find((one) => one.metadata.name === spec.scaleTargetRef.name);
    if (target === undefined) return [`HorizontalPodAutoscaler ${metadata.name}: what it scales is not there`];
    return target.spec?.replicas === undefined
      ? []
      : [`Deployment ${target.metadata.name} sets replicas, which are scaled`];
  });

/** The API server refuses what its schema lets pass. */
const strategies: Rule = (manifests) =>
  ofKind(manifests, 'Deployment')
    .filter(({ spec }) => spec?.strategy?.type === 'Recreate' && spec.strategy.rollingUpdate !== undefined)
    .map(({ metadata }) => `Deployment ${metadata.name} says how to roll and not to`);

/** What Services, policies, Ingress and the like name in the same build and is not there. */
export function clusterProblems(manifests: readonly Manifest[]): string[] {
  return [selectors, ports, scaled, strategies].flatMap((rule) => rule(manifests));
}
