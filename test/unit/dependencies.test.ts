import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly dev?: true;
  readonly optional?: true;
  readonly license?: string;
  readonly deprecated?: string;
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
/** Everything that is installed with the service, by its place in node_modules. */
const production = Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev === undefined);

/** Licences that ask for no more than to be named. */
const FREE = [
  'MIT',
  'Apache-2.0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Python-2.0',
  'CC0-1.0',
];
/** libvips, which docs/dependencies.md accounts for. */
const SHARED_LIBRARY = 'node_modules/@img/sharp-';

function isAllowed(place: string, licence: string): boolean {
  const both = licence.replace(/[()]/g, '').split(' AND ');
  const allowed = place.startsWith(SHARED_LIBRARY) ? [...FREE, 'LGPL-3.0-or-later'] : FREE;
  return both.every((part) => part.split(' OR ').some((one) => allowed.includes(one)));
}

/** Binaries for other systems, not installed here, say nothing: those of the same scope that are say it for them. */
function licenceOf(place: string, { license, optional }: Locked): string {
  if (license !== undefined) return license;
  const scope = /^node_modules\/@[^/]+\//.exec(place)?.[0];
  const sibling = production.find(([other, { license: told }]) => other.startsWith(scope ?? ' ') && told !== undefined);
  if (optional === undefined || sibling === undefined) throw new Error(`${place} has no licence`);
  return sibling[1].license ?? '';
}

/** The cells of each row of the table. */
const rows = readFileSync('docs/dependencies.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/dependencies.md', () => {
  it('has one row for each production dependency', () => {
    expect(rows.map(([name]) => name?.replaceAll('`', '')).sort()).toEqual(Object.keys(dependencies).sort());
  });

  it.each(rows.map((row) => [row[0]?.replaceAll('`', '') ?? '', row] as const))('justifies %s', (name, row) => {
    expect(row).toHaveLength(5);
    expect(row.every((cell) => cell !== '')).toBe(true);
    expect(row[4]).toBe((read(`node_modules/${name}/package.json`) as Locked).license);
  });
});

describe('what is installed with the service', () => {
  it('is under licences that ask for nothing', () => {
    expect(production.length).toBeGreaterThan(Object.keys(dependencies).length);
    const others = production.map(([place, locked]) => ({ place, licence: licenceOf(place, locked) }));
    expect(others.filter(({ place, licence }) => !isAllowed(place, licence))).toEqual([]);
  });

  it('is not deprecated', () => {
    expect(production.filter(([, { deprecated }]) => deprecated !== undefined)).toEqual([]);
  });

  it('is whole, and nothing besides', () => {
    const { status, stdout } = spawnSync('npm', ['ls', '--omit=dev', '--all'], { encoding: 'utf8' });
    const wrong = stdout.split('\n').filter((line) => /UNMET DEPENDENCY|invalid|extraneous|missing/i.test(line));
    expect({ status, wrong }).toEqual({ status: 0, wrong: [] });
    for (const name of Object.keys(dependencies)) expect(stdout).toContain(` ${name}@`);
  });
});
