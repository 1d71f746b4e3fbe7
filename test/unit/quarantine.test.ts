import { describe, expect, it } from 'vitest';
import { Quarantine } from '../../src/inference/residency/quarantine.js';
import { errorOf } from './support/errors.js';

class World {
  now = 0;
  readonly quarantine = new Quarantine(() => this.now);

  fail(times: number, fingerprint = 'f1'): void {
    for (let time = 0; time < times; time++) this.quarantine.failed('m', fingerprint, 'it was a hoax');
  }

  /** Seconds until it is tried again; null when it is tried now. */
  async wait(fingerprint = 'f1', model = 'm'): Promise<number | null> {
    try {
      this.quarantine.check(model, fingerprint);
      return null;
    } catch (thrown) {
      const error = await errorOf(() => {
        throw thrown;
      });
      expect(error.code).toBe('model_load_failed');
      return error.retryAfterSeconds ?? -1;
    }
  }
}

describe('a model that fails to load', () => {
  it('may be tried three times', async () => {
    const world = new World();
    expect(await world.wait()).toBeNull();
    world.fail(2);
    expect(await world.wait()).toBeNull();
    world.fail(1);
    expect(await world.wait()).toBe(60);
  });

  it('says how often, why, and for how long', async () => {
    const world = new World();
    world.fail(3);
    world.now = 15_000;
    const error = await errorOf(() => world.quarantine.check('m', 'f1'));
    expect(error.message).toContain('3 times');
    expect(error.message).toContain('it was a hoax');
    expect(error.message).toContain('45 s');
    expect(error.retryAfterSeconds).toBe(45);
  });

  it('has one try after the pause, and twice the pause after that, up to a quarter of an hour', async () => {
    const world = new World();
    world.fail(3);
    const pauses: (number | null)[] = [];
    for (let round = 0; round < 6; round++) {
      world.now += ((await world.wait()) ?? 0) * 1000;
      expect(await world.wait()).toBeNull();
      world.fail(1);
      pauses.push(await world.wait());
    }
    expect(pauses).toEqual([120, 240, 480, 900, 900, 900]);
  });

  it('begins anew after a success', async () => {
    const world = new World();
    world.fail(2);
    world.quarantine.succeeded('m');
    world.fail(2);
    expect(await world.wait()).toBeNull();
  });

  it('begins anew when its file changes', async () => {
    const world = new World();
    world.fail(3);
    expect(await world.wait('f2')).toBeNull();
    world.fail(1, 'f2');
    expect(await world.wait('f2')).toBeNull();
  });

  it('does not keep others', async () => {
    const world = new World();
    world.fail(3);
    expect(await world.wait('f1', 'another')).toBeNull();
  });
});
