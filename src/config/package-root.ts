import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The installed package's own folder, which holds config/, models/starter/ and package.json. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface PackageFacts {
  readonly version: string;
}

export const VERSION = (JSON.parse(readFileSync(`${PACKAGE_ROOT}/package.json`, 'utf8')) as PackageFacts).version;
