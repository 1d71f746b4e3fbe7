import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { exampleSecrets, namesOf, ofKind, workloadsOf, type Manifest, type Workload } from './manifests.js';

/** Kinds of volumes that Pod Security's `restricted` allows. */
const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

function without<T>(values: readonly T[], there: ReadonlySet<T>): T[] {
  return values.filter((value) => !there.has(value));
}

function containerSafety({ securityContext, resources, image }: IContainer): string[] {
  const flaws: [boolean, string][] = [
    [securityContext?.allowPrivilegeEscalation !== false, 'may gain privileges'],
    [securityContext?.readOnlyRootFilesystem !== true, 'may write to its image'],
    [securityContext?.capabilities?.drop?.includes('ALL') !== true, 'keeps capabilities'],
    [securityContext?.capabilities?.add !== undefined, 'adds capabilities'],
    [resources?.requests?.cpu === undefined, 'requests no CPU'],
    [resources?.requests?.memory === undefined, 'requests no memory'],
    [resources?.limits?.memory !== resources?.requests?.memory, 'may use more memory than it requests'],
    [
      !/:[\w.-]+$/.test(image ?? '') || image?.endsWith(':latest') === true,
      `has an image without a version: ${image ?? ''}`,
    ],
  ];
  return flaws.filter(([wrong]) => wrong).map(([, flaw]) => flaw);
}

function podSafety(pod: IPodSpec): string[] {
  const { securityContext: context } = pod;
  const kinds = (pod.volumes ?? []).flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
  const flaws: [boolean, string][] = [
    [context?.runAsNonRoot !== true, 'may run as root'],
    [(context?.runAsUser ?? 0) === 0, 'names no user'],
    [context?.seccompProfile?.type !== 'RuntimeDefault', 'has no seccomp profile'],
    [pod.automountServiceAccountToken !== false, 'mounts a token'],
    [pod.enableServiceLinks !== false, 'gets the addresses of all Services as environment variables'],
    [pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true, "shares the host's namespaces"],
    [without(kinds, new Set(RESTRICTED_VOLUMES)).length > 0, 'mounts what Pod Security forbids'],
  ];
  return flaws.filter(([wrong]) => wrong).map(([, flaw]) => flaw);
}

/** What Pod Security's `restricted` would refuse, and what else a pod of ours must not do. */
export function safetyProblems(manifests: readonly Manifest[]): string[] {
  return workloadsOf(manifests).flatMap(({ name, pod }) =>
    [...podSafety(pod), ...pod.containers.flatMap(containerSafety)].map((flaw) => `${name} ${flaw}`),
  );
}

const SECRETS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  ofKind(exampleSecrets(), 'Secret').map(({ metadata, stringData }) => [
    metadata.name,
    new Set([...Object.keys(stringData ?? {}), 'HF_TOKEN']), // optional, and shown as a comment
  ]),
);

function secretProblems(name = '', key?: string): string[] {
  const keys = SECRETS.get(name);
  if (keys === undefined) return [`no example shows the Secret ${name}`];
  return key === undefined || keys.has(key) ? [] : [`the example of the Secret ${name} has no ${key}`];
}

function containerReferences(
  container: IContainer,
  volumes: readonly string[],
  configMaps: ReadonlySet<string>,
): string[] {
  const { ports = [], env = [], envFrom = [], volumeMounts = [] } = container;
  const own = new Set(ports.map(({ name }) => name ?? ''));
  const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
  const asked = probes
    .flatMap((probe) => [probe?.httpGet?.port, probe?.tcpSocket?.port])
    .filter((port) => port !== undefined);
  const mounted = volumeMounts.map(({ name }) => name);
  const read = envFrom.map(({ configMapRef }) => configMapRef?.name ?? '');
  return [
    ...without(mounted, new Set(volumes)).map((name) => `there is no volume ${name}`),
    ...without(asked.map(String), own).map((port) => `a probe asks port ${port}, which is not there`),
    ...without(read, configMaps).map((name) => `there is no ConfigMap ${name}`),
    ...env
      .map(({ valueFrom }) => valueFrom?.secretKeyRef)
      .flatMap((secret) => (secret === undefined ? [] : secretProblems(secret.name, secret.key))),
  ];
}

function referencesOf({ pod, volumes }: Workload, names: (kind: string) => ReadonlySet<string>): string[] {
  const sources = pod.volumes ?? [];
  const claimed = sources.flatMap(({ persistentVolumeClaim: claim }) => (claim === undefined ? [] : [claim.claimName]));
  const read = sources.flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap.name ?? '']));
  return [
    ...without([pod.serviceAccountName ?? ''], names('ServiceAccount')).map((name) => `there is no account ${name}`),
    ...without(claimed, names('PersistentVolumeClaim')).map((name) => `there is no claim ${name}`),
    ...without(read, names('ConfigMap')).map((name) => `there is no ConfigMap ${name}`),
    ...sources.flatMap(({ secret }) => (secret === undefined ? [] : secretProblems(secret.secretName))),
    ...pod.containers.flatMap((container) => containerReferences(container, volumes, names('ConfigMap'))),
  ];
}

/** Volumes, claims, ports, ConfigMaps, accounts and Secrets that pods name and that are not there. */
export function referenceProblems(manifests: readonly Manifest[]): string[] {
  return workloadsOf(manifests).flatMap((workload) =>
    referencesOf(workload, (kind) => namesOf(manifests, kind)).map((problem) => `${workload.name}: ${problem}`),
  );
}
