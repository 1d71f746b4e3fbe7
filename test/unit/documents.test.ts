import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { SETTINGS } from '../../src/config/settings.js';
import { ERROR_CODES } from '../../src/inference/errors.js';

/** First cells, in backticks, of the rows of a Markdown file's tables. */
function firstCells(file: string): string[] {
  const text = readFileSync(`${PACKAGE_ROOT}/${file}`, 'utf8');
  return [...text.matchAll(/^\|\s*`([^`]+)`\s*\|/gm)].map(([, cell]) => cell ?? '');
}

describe('README.md', () => {
  const rows = firstCells('README.md');

  it.each(Object.values(SETTINGS).map(({ env }) => env))('has a row for the setting %s', (env) => {
    expect(rows.filter((row) => row === env)).toHaveLength(1);
  });
});

describe('docs/errors.md', () => {
  const rows = firstCells('docs/errors.md');

  it.each(ERROR_CODES)('has a line for %s', (code) => {
    expect(rows.filter((row) => row === code)).toHaveLength(1);
  });

  it('names no code that does not exist', () => {
    const codeLike = rows.filter((row) => /^[a-z]+(?:_[a-z]+)*$/.test(row));
    expect(codeLike.filter((row) => !(ERROR_CODES as readonly string[]).includes(row))).toEqual([]);
  });
});
