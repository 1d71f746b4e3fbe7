import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest } from '../inference/catalogue/manifest.js';
import { manifestPath } from '../inference/catalogue/manifest-file.js';
import type { PlannedFile, PullPlan } from './pull-plan.js';

/** Below MODELS_DIR, so that a rename suffices to install; its dot keeps the catalogue out. */
const DOWNLOADS = '.downloads';

/**
 * Where the files of one plan gather before they are installed. Pulls of the same files of the same commit share it,
 * now and after a restart; whoever writes here holds the lock at {@link lockPath}.
 */
export class Staging {
  /** Beside the folder, so that removing the folder does not remove the lock. */
  readonly lockPath: string;
  private readonly repoFolder: string;
  private readonly folder: string;

  constructor(
    private readonly modelsDir: string,
    private readonly plan: PullPlan,
  ) {
    const paths = plan.files.map(({ path }) => path).sort();
    const files = createHash('sha256').update(paths.join('\n')).digest('hex').slice(0, 12);
    // A repository's name has no "--" in it, so that no two share a folder.
    this.repoFolder = join(modelsDir, DOWNLOADS, plan.repo.replace('/', '--'));
    this.folder = join(this.repoFolder, `${plan.revision}-${files}`);
    this.lockPath = `${this.folder}.lock`;
  }

  /** Never ends in a model's suffix. */
  partialOf(file: PlannedFile): string {
    return join(this.folder, `${file.path}.partial`);
  }

  /** Bytes of a file that an earlier attempt left. */
  async bytesOf(file: PlannedFile): Promise<number> {
    const found = await stat(this.partialOf(file)).catch(() => null);
    return found === null || found.size > file.size ? 0 : found.size;
  }

  /** Where the file is installed. */
  targetOf(file: { readonly path: string }): string {
    return join(this.modelsDir, this.plan.repo, file.path);
  }

  /**
   * Moves everything into place. A single file comes last, so that it never shows without its manifest; several come
   * before the manifest, which says that they are all there.
   */
  async install(manifest: Manifest, staged: readonly PlannedFile[]): Promise<void> {
    const alone = manifest.files.length === 1;
    if (alone) await this.writeManifest(manifest);
    else await rm(this.manifestPathOf(manifest), { force: true });
    for (const file of staged) await moveInto(this.partialOf(file), this.targetOf(file));
    if (!alone) await this.writeManifest(manifest);
  }

  /** Removes all partial files. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Removes the folders that this staging has left empty; to be called without the lock. */
  async removeEmptyFolders(): Promise<void> {
    for (const folder of [this.repoFolder, dirname(this.repoFolder)]) await rmdir(folder).catch(() => undefined);
  }

  private async writeManifest(manifest: Manifest): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const temporary = join(this.folder, 'manifest.json.partial-manifest');
    await writeFile(temporary, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await moveInto(temporary, this.manifestPathOf(manifest));
  }

  private manifestPathOf({ repo, name }: Manifest): string {
    return manifestPath(this.modelsDir, repo, name);
  }
}

async function moveInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Makes a rename outlast a power cut, where the file system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder);
    await handle.sync().finally(() => handle.close());
  } catch {
    // network file systems may refuse; the rename itself is done
  }
}
