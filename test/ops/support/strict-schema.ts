import type { Manifest } from './manifests.js';

/** The part of a model class of `kubernetes-models` that is used here. */
interface Model {
  readonly prototype: { validate(): void };
}

/** Which keys of which object a validator has looked at. An object that is missing was passed over whole. */
type Looked = Map<object, Set<string>>;

/**
 * An object that notes which of its keys are read. The schemas of `kubernetes-models` allow unknown fields, but what is
 * generated from them reads every field that a schema knows, and no other: what was never read is unknown.
 */
function watched(value: unknown, looked: Looked, proxies: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = proxies.get(value);
  if (known !== undefined) return known;
  const note = (key: string | symbol): void => {
    const keys = looked.get(value) ?? new Set<string>();
    if (typeof key === 'string') keys.add(key);
    looked.set(value, keys);
  };
  const proxy = new Proxy(value, {
    get(target, key) {
      note(key);
      return watched(Reflect.get(target, key), looked, proxies);
    },
    has(target, key) {
      note(key);
      return Reflect.has(target, key);
    },
  });
  proxies.set(value, proxy);
  return proxy;
}

function unknownFields(value: unknown, path: string, looked: Looked): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = looked.get(value);
  return Object.entries(value).flatMap(([key, child]) => {
    if (!Array.isArray(value) && keys?.has(key) !== true) return [`${path}/${key} is unknown`];
    return unknownFields(child, `${path}/${key}`, looked);
  });
}

async function modelOf({ apiVersion, kind }: Manifest): Promise<Model | undefined> {
  const library = apiVersion.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models';
  const module = (await import(`${library}/${apiVersion}`).catch(() => ({}))) as Readonly<Record<string, Model>>;
  return module[kind];
}

/** What is wrong with an object by the schema of its kind: types, required fields, and fields that there are not. */
export async function schemaProblems(manifest: Manifest): Promise<string[]> {
  const name = `${manifest.kind} ${manifest.metadata.name}`;
  const model = await modelOf(manifest);
  if (model === undefined) return [`${name}: ${manifest.apiVersion} has no such kind`];
  const looked: Looked = new Map();
  try {
    model.prototype.validate.call(watched(manifest, looked, new Map()));
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return unknownFields(manifest, '', looked).map((problem) => `${name}: ${problem}`);
}
