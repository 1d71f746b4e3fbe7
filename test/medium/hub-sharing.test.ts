import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PullProgress } from '../../src/hub/pull-plan.js';
import { ParleyError } from '../../src/inference/errors.js';
import { askerOf, GGUF, hubWorld, install, pullOf, REPO, someBytes, type HubWorld } from '../support/hub-world.js';
import { until } from '../support/wait.js';
import { errorOf } from './support/errors.js';

const SIZE = 300_000;
const CONTENT = someBytes(SIZE);

function world(): Promise<HubWorld> {
  return hubWorld({ [REPO]: { 'model.gguf': CONTENT } });
}

/** Waits until so many bytes of the model lie in staging, and the installer has taken note of them. */
async function onDisk(of: HubWorld, bytes: number): Promise<void> {
  await until(`${String(bytes)} bytes on disk`, async () => {
    const partial = (await of.files()).find((path) => path.endsWith('.partial'));
    const size = partial === undefined ? 0 : (await stat(join(of.modelsDir, partial))).size;
    return size === bytes ? true : undefined;
  });
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}

describe('two who ask for the same model', () => {
  it('share one download', async () => {
    const { hub, installer } = await shared();
    const [first, second] = await Promise.all([install(installer), install(installer)]);
    expect(second).toEqual(first);
    expect(hub.transfersOf(GGUF)).toHaveLength(1);
    expect(hub.requests.filter(({ path }) => path.includes('/paths-info/'))).toHaveLength(1);
  });

  it('both see how far it is, the later one at once', async () => {
    const { hub, installer, of } = await shared();
    const hold = hub.hold(GGUF, 100_000);
    const first = install(installer);
    await onDisk(of, 100_000);
    const seen: PullProgress[] = [];
    let plans = 0;
    const second = installer.install(pullOf(), {
      ...askerOf(),
      onPlan: () => plans++,
      onProgress: (progress) => seen.push(progress),
    });
    expect([plans, seen]).toEqual([1, [{ doneBytes: 100_000, totalBytes: SIZE }]]);
    hold.release();
    await Promise.all([first, second]);
    expect(seen.at(-1)).toEqual({ doneBytes: SIZE, totalBytes: SIZE });
  });

  it('do not stop each other: one leaves, the other gets the model', async () => {
    const { hub, installer } = await shared();
    const hold = hub.hold(GGUF, 100_000);
    const leaving = new AbortController();
    const first = installer.install(pullOf(), askerOf(leaving.signal));
    const second = install(installer);
    await hold.reached;
    leaving.abort();
    expect((await errorOf(first)).code).toBe('cancelled');
    hold.release();
    expect((await second).files[0]?.size).toBe(SIZE);
    expect(hub.transfersOf(GGUF)).toHaveLength(1);
  });

  it('end the download when both leave, and nothing of it stays', async () => {
    const { hub, installer, of } = await shared();
    const hold = hub.hold(GGUF, 100_000);
    const leaving = [new AbortController(), new AbortController()];
    const pulls = leaving.map(({ signal }) => installer.install(pullOf(), askerOf(signal)));
    await onDisk(of, 100_000);
    for (const one of leaving) one.abort();
    expect((await Promise.all(pulls.map((one) => errorOf(one)))).map(({ code }) => code)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect(await of.files()).toEqual([]);
    hold.release();
    expect(hub.transfersOf(GGUF)).toHaveLength(1);
  });

  it('can be followed by a third while the cancelled download still ends', async () => {
    const { hub, installer } = await shared();
    const hold = hub.hold(GGUF, 100_000);
    const leaving = new AbortController();
    const first = installer.install(pullOf(), askerOf(leaving.signal));
    await hold.reached;
    leaving.abort();
    const third = install(installer);
    expect((await errorOf(first)).code).toBe('cancelled');
    expect((await third).files[0]?.size).toBe(SIZE);
  });

  it('get a manifest each when they give it another name', async () => {
    const { hub, installer, of } = await shared();
    await Promise.all([install(installer, { name: 'a' }), install(installer, { name: 'b' })]);
    expect(await of.files()).toEqual([`${REPO}/a.manifest.json`, `${REPO}/b.manifest.json`, GGUF].sort());
    expect(hub.transfersOf(GGUF)).toHaveLength(1);
  });
});

describe('two processes on one MODELS_DIR', () => {
  const inPod = (host: string): { lock: object } => ({
    lock: { pollMs: 5, owner: { pid: 1, host, token: `token of ${host}` } },
  });

  it('download once: the second waits and finds the model', async () => {
    const of = await world();
    const hold = of.hub.hold(GGUF, 100_000);
    const first = install(of.installer(inPod('pod-a')));
    await hold.reached;
    const second = install(of.installer(inPod('pod-b')));
    const questions = (): number => of.hub.requests.filter(({ path }) => path.includes('/paths-info/')).length;
    await until('the second to have its plan', () => (questions() === 2 ? true : undefined));
    hold.release();
    expect(await second).toEqual(await first);
    expect(of.hub.transfersOf(GGUF)).toHaveLength(1);
    expect(await of.files()).toEqual([GGUF, `${REPO}/model.gguf.manifest.json`]);
  });

  it('leave nothing of the first behind when the second gives up waiting', async () => {
    const of = await world();
    const hold = of.hub.hold(GGUF, 100_000);
    const first = install(of.installer(inPod('pod-a')));
    await onDisk(of, 100_000);
    const leaving = new AbortController();
    let planned: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (planned = resolve));
    const second = of.installer(inPod('pod-b')).install(pullOf(), {
      ...askerOf(leaving.signal),
      onPlan: () => planned(),
    });
    await waiting;
    leaving.abort();
    expect((await errorOf(second)).code).toBe('cancelled');
    hold.release();
    expect((await first).files[0]?.size).toBe(SIZE); // its partial file is still its own
    expect(of.hub.transfersOf(GGUF)).toHaveLength(1);
  });
});

async function shared(): Promise<{ of: HubWorld; hub: HubWorld['hub']; installer: ReturnType<HubWorld['installer']> }> {
  const of = await world();
  return { of, hub: of.hub, installer: of.installer() };
}

describe('cancelling', () => {
  it('keeps what there is when the reason is another one, such as a shutdown', async () => {
    const { hub, installer, of } = await shared();
    hub.hold(GGUF, 100_000);
    const stopping = new AbortController();
    const pull = installer.install(pullOf(), askerOf(stopping.signal));
    await onDisk(of, 100_000);
    stopping.abort(new ParleyError('overloaded', 'The service is stopping.'));
    expect((await errorOf(pull)).message).toBe('The service is stopping.');
    await install(of.installer());
    expect(hub.transfersOf(GGUF).map(({ range }) => range)).toEqual([null, 'bytes=100000-']);
  });

  it('is noticed before anything is asked', async () => {
    const { hub, installer } = await shared();
    const pull = installer.install(pullOf(), askerOf(AbortSignal.abort()));
    expect((await errorOf(pull)).code).toBe('cancelled');
    expect(hub.requests).toEqual([]);
  });
});
