import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../../src/dialects/registry.js';
import { assertKnownDialects } from '../../src/http/server/dialect-ports.js';

describe('DIALECT_PORTS', () => {
  it.each(['opensesame', '__proto__', 'root'])('refuses an unknown dialect: %s', (name) => {
    expect(() => assertKnownDialects(new Map([[1088, name]]), REGISTRY)).toThrow(
      `DIALECT_PORTS names an unknown dialect "${name}"`,
    );
  });

  it('takes every dialect of the registry', () => {
    assertKnownDialects(new Map(REGISTRY.map(({ name }, at) => [9000 + at, name])), REGISTRY);
  });
});
