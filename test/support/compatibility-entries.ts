import { REGISTRY } from '../../src/dialects/registry.js';
import type { DialectSupport } from '../../src/http/openapi/parameter-support.js';

/** Compatibility entries by dialect. */
export const SUPPORT: ReadonlyMap<string, DialectSupport> = new Map(
  await Promise.all(REGISTRY.map(async (dialect) => [dialect.name, await dialect.compatibility()] as const)),
);
