import { expect } from 'vitest';

// expect.any() and its kin are typed `any`; these say the same as `unknown`.
export const anyString: unknown = expect.any(String);
export const anyNumber: unknown = expect.any(Number);

export function containing(part: string): unknown {
  return expect.stringContaining(part) as unknown;
}

export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern) as unknown;
}

export function including(...items: readonly unknown[]): unknown {
  return expect.arrayContaining([...items]) as unknown;
}

export function like(object: object): unknown {
  return expect.objectContaining(object) as unknown;
}
