import { stat } from 'node:fs/promises';
import type { Manifest } from '../inference/catalogue/manifest.js';
import { manifestPath, readManifest } from '../inference/catalogue/manifest-file.js';
import { addFile, ContentDigest } from './content-digest.js';
import type { PlannedFile, PullPlan } from './pull-plan.js';
import type { Staging } from './staging.js';

function describes(manifest: Manifest, name: string, plan: PullPlan): boolean {
  if (manifest.name !== name || manifest.revision !== plan.revision) return false;
  if (manifest.files.length !== plan.files.length) return false;
  return plan.files.every((planned, index) => {
    const file = manifest.files[index];
    if (file?.path !== planned.path || file.size !== planned.size) return false;
    return planned.sha256 === null || file.sha256 === planned.sha256;
  });
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true ? found.size : null;
}

/** The manifest of a plan that is installed already, its files' sizes looked at; null when anything is missing. */
export async function installedManifest(
  modelsDir: string,
  name: string,
  plan: PullPlan,
  staging: Staging,
): Promise<Manifest | null> {
  const manifest = readManifest(manifestPath(modelsDir, plan.repo, name), plan.repo)?.content ?? null;
  if (manifest === null || !describes(manifest, name, plan)) return null;
  const sizes = await Promise.all(plan.files.map((file) => sizeOf(staging.targetOf(file))));
  return sizes.every((size, index) => size === plan.files[index]?.size) ? manifest : null;
}

/** The SHA-256 of a file that lies at its place with the planned content already, else null. Reads all of it. */
export async function sha256InPlace(path: string, file: PlannedFile, signal: AbortSignal): Promise<string | null> {
  if ((await sizeOf(path)) !== file.size) return null;
  const digest = new ContentDigest(file);
  await addFile(digest, path, signal);
  return digest.verified();
}
