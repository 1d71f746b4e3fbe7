import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelPointer, ModelPointers } from '../../src/domains/lifecycle/model-pointers.js';
import { modelPointersIn } from '../../src/storage/state/state.module.js';
import { backends, type TestStore } from '../support/stores.js';

function pointerTo(model: string): ModelPointer {
  return { model, name: `${model}:latest`, chosenAt: 1_753_000_000_123 };
}

describe.each(backends)('current models in the $name store', ({ name, open }) => {
  let place: TestStore;
  let pointers: ModelPointers;

  beforeEach(async () => {
    place = await open();
    pointers = modelPointersIn(place.store);
  });
  afterEach(() => place.dispose());

  async function restart(): Promise<void> {
    pointers = modelPointersIn(await place.reopen());
  }

  it('finds nothing, and opens no store, before anything was stored', async () => {
    await pointers.forget('mini');
    expect(await pointers.get('anna')).toBeNull();
    expect(place.store.isOpen).toBe(name !== 'embedded');
    expect(place.store.holdsNothing).toBe(name === 'embedded');
  });

  it('gives back what was set last, to the key that set it', async () => {
    await pointers.set('anna', pointerTo('mini'));
    await pointers.set('bert', pointerTo('mini'));
    await pointers.set('anna', pointerTo('large'));
    expect(await pointers.get('anna')).toEqual(pointerTo('large'));
    expect(await pointers.get('bert')).toEqual(pointerTo('mini'));
    expect(await pointers.get('carl')).toBeNull();
  });

  it('takes any text', async () => {
    const odd = ['', 'a', 'a\u0000b', 'a b', '\ud800', '"\\{', 'é👩‍👧', 'x'.repeat(9000)];
    for (const text of odd) await pointers.set(text, { model: text, name: `${text}!`, chosenAt: 7 });
    for (const text of odd) expect(await pointers.get(text)).toEqual({ model: text, name: `${text}!`, chosenAt: 7 });
    await pointers.forget('a\u0000b');
    const left = await Promise.all(odd.map((text) => pointers.get(text)));
    expect(left.map((pointer) => pointer?.model ?? null)).toEqual(
      odd.map((text) => (text === 'a\u0000b' ? null : text)),
    );
  });

  it("ends every key's pointer to a model that is forgotten", async () => {
    await pointers.set('anna', pointerTo('mini'));
    await pointers.set('bert', pointerTo('large'));
    await pointers.set('carl', pointerTo('mini'));
    await pointers.forget('mini');
    expect(await pointers.get('anna')).toBeNull();
    expect(await pointers.get('bert')).toEqual(pointerTo('large'));
    expect(await pointers.get('carl')).toBeNull();
  });

  it('can point to a model again after it was forgotten', async () => {
    await pointers.set('anna', pointerTo('mini'));
    await pointers.forget('mini');
    await pointers.set('anna', pointerTo('mini'));
    expect(await pointers.get('anna')).toEqual(pointerTo('mini'));
  });

  it('has them after a restart', async () => {
    await pointers.set('anna', pointerTo('mini'));
    await pointers.set('bert', pointerTo('large'));
    await pointers.forget('large');
    await restart();
    expect(await pointers.get('anna')).toEqual(pointerTo('mini'));
    expect(await pointers.get('bert')).toBeNull();
  });

  it('forgets without opening the store, and has forgotten when somebody asks', async () => {
    await pointers.set('anna', pointerTo('mini'));
    await pointers.set('bert', pointerTo('large'));
    await restart();
    await pointers.forget('mini');
    expect(place.store.isOpen).toBe(false);
    expect(await pointers.get('anna')).toBeNull();
    expect(await pointers.get('bert')).toEqual(pointerTo('large'));
  });

  it('points to a model that was set after it was forgotten, while the store was closed', async () => {
    await pointers.set('anna', pointerTo('mini'));
    await pointers.set('bert', pointerTo('mini'));
    await restart();
    await pointers.forget('mini');
    await pointers.set('anna', pointerTo('mini'));
    expect(await pointers.get('anna')).toEqual(pointerTo('mini'));
    expect(await pointers.get('bert')).toBeNull();
    await restart();
    expect(await pointers.get('anna')).toEqual(pointerTo('mini'));
    expect(await pointers.get('bert')).toBeNull();
  });

  it('lets nobody who asks at the same time see what was forgotten', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `key ${String(index)}`);
    for (const key of keys) await pointers.set(key, pointerTo('mini'));
    await restart();
    await place.store.open();
    const forgotten = pointers.forget('mini');
    const seen = await Promise.all(keys.map((key) => pointers.get(key)));
    await forgotten;
    expect(seen).toEqual(keys.map(() => null));
  });
});
