import { afterEach, describe, expect, it } from 'vitest';
import { spawnServer, type ServerProcess } from '../support/server.js';
import { until } from '../support/wait.js';

let server: ServerProcess | undefined;
afterEach(() => server?.stop());

/** Node.js options that send the process SIGTERM as soon as it looks for a module. */
function endingAt(specifier: string): Record<string, string> {
  const hook = `export function resolve(specifier, context, next) {
    if (specifier === ${JSON.stringify(specifier)}) process.kill(process.pid, 'SIGTERM');
    return next(specifier, context);
  }`;
  const preload = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hook))});`;
  return { NODE_OPTIONS: `--import=${dataUrl(preload)}` };
}

function dataUrl(script: string): string {
  return `data:text/javascript;base64,${Buffer.from(script).toString('base64')}`;
}

describe('SIGTERM during the start', () => {
  it.each(['./service.js', '@nestjs/core', 'bullmq', 'fastify', '@nestjs/swagger', './jobs/core/workers.js'])(
    'ends the process with 0 while %s is read',
    async (specifier) => {
      server = await spawnServer({ env: endingAt(specifier) });
      expect(await server.exit).toEqual({ code: 0, signal: null });
    },
  );

  it('ends the process with 0 at its first log line', async () => {
    const started = (server = await spawnServer({ env: { LOG_LEVEL: 'debug' } }));
    await until('a log line', () => started.logs() !== '' || undefined);
    started.signal('SIGTERM');
    expect(await started.exit).toEqual({ code: 0, signal: null });
  });
});
