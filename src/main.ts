/** Entry of the process. Signals are handled before the service's modules are read, which takes seconds. */
import { exitOnSignals } from './http/drain/shutdown.js';

function fail(error: unknown): never {
  process.stderr.write(`parley: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

const takenOver = exitOnSignals();
import('./service.js').then(({ startService }) => startService(process.env, takenOver)).catch(fail);
