import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import type { ChildMessage, ParentMessage } from '../../src/inference/runners/protocol.js';
import { until } from '../support/wait.js';
import { SPEC } from './support/fixture-runner.js';
import { toyModel } from './support/transformers-toy.js';
import { repositoryPath, text, user, visionTask } from './support/transformers-runner.js';

it('a request that is paused makes no step until it is resumed, and then goes on where it was', async () => {
  const folder = toyModel('llava');
  const child = fork(repositoryPath('dist/runner.main.js'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const run = { answer: '', done: false };
  child.on('message', (message: ChildMessage) => {
    if (message.type !== 'events') return;
    for (const event of message.events) {
      if (event.type === 'chunk' && event.chunk.type === 'text') run.answer += event.chunk.text;
      else if (event.type === 'done') run.done = true;
    }
  });
  const send = (message: ParentMessage): boolean => child.send(message);
  // It listens all the time: two messages may come in one piece.
  const heard = <K extends ChildMessage['type']>(type: K): Promise<Extract<ChildMessage, { type: K }>> =>
    new Promise((resolve) => {
      const listen = (message: ChildMessage): void => {
        if (message.type !== type) return;
        child.off('message', listen);
        resolve(message as Extract<ChildMessage, { type: K }>);
      };
      child.on('message', listen);
    });

  send({ type: 'init', spec: { ...SPEC, engine: 'transformers', path: folder, contextSize: 1024 } });
  await heard('sized');
  send({ type: 'load' });
  await heard('ready');
  const task = visionTask([user(text('hi'))], { maxTokens: 900 });
  send({ type: 'run', id: 1, task, cacheScope: 's' });
  await until('some text', () => run.answer.length >= 5);
  send({ type: 'pause', id: 1 });
  await heard('heartbeat'); // the pause has been seen by the next one
  const { steps } = await heard('heartbeat');
  expect((await heard('heartbeat')).steps).toBe(steps);
  expect(steps).toBeGreaterThan(4);
  expect(run.done).toBe(false);
  send({ type: 'resume', id: 1 });
  await until('the end', () => run.done);
  expect(run.answer).toBe('abcdefghijklmnopqrstuvwxyz'.repeat(40).slice(0, 900));
});
