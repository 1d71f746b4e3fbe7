import { EventEmitter, getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the service before its own code (`NODE_OPTIONS=--import`): counts listeners of all live emitters and abort
 * signals, and answers on a Unix socket with them, the heap after a collection, and the handles that are open.
 */
const SOCKET = process.env.SOAK_PROBE_SOCKET;
const PRUNE_EVERY_MS = 2000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const known = new WeakSet();
let targets = [];

function remember(target) {
  if (known.has(target)) return;
  known.add(target);
  targets.push(new WeakRef(target));
}

for (const method of ['on', 'addListener', 'prependListener']) {
  const original = EventEmitter.prototype[method];
  EventEmitter.prototype[method] = function (...args) {
    remember(this);
    return original.apply(this, args);
  };
}
const { EventTarget } = globalThis;
const { addEventListener } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (...args) {
  remember(this);
  return addEventListener.apply(this, args);
};

const warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

function prune() {
  targets = targets.filter((one) => one.deref() !== undefined);
}

/** Listeners by class of their target and event; of signals only `abort`. */
function listeners() {
  prune();
  const counts = {};
  const add = (name, count) => {
    if (count > 0) counts[name] = (counts[name] ?? 0) + count;
  };
  for (const one of targets) {
    const target = one.deref();
    if (target === undefined) continue;
    const name = target.constructor?.name ?? 'Object';
    if (target instanceof EventTarget) add(`${name}:abort`, getEventListeners(target, 'abort').length);
    else if (typeof target.eventNames === 'function') {
      for (const event of target.eventNames()) add(`${name}:${String(event)}`, target.listenerCount(event));
    }
  }
  return counts;
}

function handles() {
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

setInterval(prune, PRUNE_EVERY_MS).unref();
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  // Twice, with a turn of the event loop between: what a finaliser releases goes with the second.
  collectGarbage();
  setImmediate(() => {
    collectGarbage();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    socket.end(
      JSON.stringify({ heapUsed, external, arrayBuffers, listeners: listeners(), handles: handles(), warnings }),
    );
  });
});
// Worker threads inherit the preload: the main thread answers for the process.
if (isMainThread) server.listen(SOCKET).unref();
