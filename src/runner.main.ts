/** Boot of one model's child process. Imports neither Nest nor HTTP. */
import { ENGINE_LOADERS } from './inference/engines/registry.js';
import { RunnerHost } from './inference/runners/host.js';
import type { ParentMessage } from './inference/runners/protocol.js';

const host = new RunnerHost({
  engines: ENGINE_LOADERS,
  send: (message) => {
    if (process.connected) process.send?.(message);
  },
  exit: (code) => {
    // The last message must be out before the process is.
    if (process.connected) process.disconnect();
    process.exitCode = code;
    setImmediate(() => process.exit(code));
  },
});

process.on('message', (message) => {
  host.receive(message as ParentMessage);
});

// The channel closes when the parent ends in whatever way, kill -9 included. Where the kernel can be asked to, it kills a
// runner even earlier; see forkRunner, which gives the parent's id.
process.on('disconnect', () => process.exit(0));
const [, , parent] = process.argv;
if (parent !== undefined && Number(parent) !== process.ppid) process.exit(0);

// The parent decides when a runner ends; a Ctrl-C in the terminal reaches the whole process group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
