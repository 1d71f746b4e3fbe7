import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IIngress, INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, IContainer, IPodSpec, ISecret, IService } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

export const K8S = fileURLToPath(new URL('../../../k8s', import.meta.url));

/** Every folder that a cluster may be given. */
export const BUILDS = ['base', 'overlays/single-node', 'overlays/redis', 'overlays/gpu'] as const;

/** An object for the API server. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Kinds that the tests look into. */
interface Kinds {
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  Secret: ISecret;
  Service: IService;
  ServiceMonitor: IServiceMonitor;
  StatefulSet: IStatefulSet;
}

type OfKind<K extends keyof Kinds> = Omit<Kinds[K], 'metadata'> & { readonly metadata: Manifest['metadata'] };

/** What runs pods, whichever kind it is. */
export interface Workload {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: IPodSpec;
  /** Names of what its containers may mount. */
  readonly volumes: readonly string[];
}

/** Objects of a file with several documents. Throws where it is no YAML. */
export function manifestsOf(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

export function manifestsIn(...path: string[]): Manifest[] {
  return manifestsOf(readFileSync(join(K8S, ...path), 'utf8'));
}

/** What `kubectl apply -k` would send. `folder` is below k8s/, or absolute. */
export async function build(folder: string): Promise<Manifest[]> {
  const run = promisify(execFile);
  const path = existsSync(folder) ? folder : join(K8S, folder);
  try {
    const { stdout } = await run('kubectl', ['kustomize', path], { maxBuffer: 64 * 1024 ** 2 });
    return manifestsOf(stdout);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('kubectl is not installed: it builds what is in k8s/, version 1.28 or newer', { cause: error });
  }
}

/** A kustomization.yaml, as far as it names folders. */
export interface Kustomization {
  readonly resources: readonly string[];
  readonly components?: readonly string[];
}

/** Builds what an installation puts on top of ours. `resources` and `components` are folders below k8s/. */
export async function buildOnTop(kustomization: Kustomization): Promise<Manifest[]> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-k8s-'));
  const below = (path: string): string => relative(folder, join(K8S, path)); // kustomize takes no absolute paths
  const resources = kustomization.resources.map(below);
  const components = (kustomization.components ?? []).map(below);
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ ...kustomization, resources, components }));
    return await build(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function ofKind<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): OfKind<K>[] {
  return manifests.filter((one) => one.kind === kind) as unknown as OfKind<K>[];
}

/** Throws where there is no such object. */
export function named<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K, name: string): OfKind<K> {
  const found = ofKind(manifests, kind).find((one) => one.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** Names of the objects of a kind. */
export function namesOf(manifests: readonly Manifest[], kind: string): ReadonlySet<string> {
  return new Set(manifests.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name));
}

export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  const all = [...ofKind(manifests, 'Deployment'), ...ofKind(manifests, 'StatefulSet')];
  return all.map(({ metadata, spec }) => {
    const pod = spec?.template.spec;
    if (pod === undefined) throw new Error(`${metadata.name} has no pod`);
    const claims = spec !== undefined && 'volumeClaimTemplates' in spec ? (spec.volumeClaimTemplates ?? []) : [];
    const volumes = [
      ...(pod.volumes ?? []).map(({ name }) => name),
      ...claims.map((claim) => claim.metadata?.name ?? ''),
    ];
    return { name: metadata.name, labels: spec?.template.metadata?.labels ?? {}, pod, volumes };
  });
}

/** Those that run Parley itself. */
export function parleysOf(manifests: readonly Manifest[]): (Workload & { readonly container: IContainer })[] {
  return workloadsOf(manifests).flatMap((workload) => {
    const container = workload.pod.containers.find(({ name }) => name === 'parley');
    return container === undefined ? [] : [{ ...workload, container }];
  });
}

/** The Secrets that the installation has to bring along, as the examples show them. */
export function exampleSecrets(): Manifest[] {
  return [...manifestsIn('secrets.example.yaml'), ...manifestsIn('overlays', 'redis', 'secret.example.yaml')];
}
