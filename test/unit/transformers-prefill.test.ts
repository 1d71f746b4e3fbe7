import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readInChunks } from '../../src/inference/engines/transformers/vision/chunked-prefill.js';

type Feeds = Readonly<Record<string, Tensor>>;

const NAMES = ['inputs_embeds', 'attention_mask', 'position_ids', 'past_key_values.0.key', 'past_key_values.0.value'];

/** A decoder that notes what it is fed; its cache is as long as what it has read. */
function decoder(inputNames: readonly string[] = NAMES): {
  session: InferenceSession;
  fed: Feeds[];
  run: (feeds: Feeds) => Promise<Feeds>;
} {
  const fed: Feeds[] = [];
  const session = {
    inputNames,
    run: (feeds: Feeds): Promise<Feeds> => {
      fed.push(feeds);
      const read = feeds.attention_mask?.dims[1] ?? 0;
      const cache = new Tensor('float32', new Float32Array(read), [1, 1, read, 1]);
      return Promise.resolve({ logits: cache, 'present.0.key': cache, 'present.0.value': cache });
    },
  } as unknown as InferenceSession;
  return { session, fed, run: (feeds) => session.run(feeds) };
}

function whole(dims: readonly number[], first = 0): Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return new Tensor(
    'int64',
    BigInt64Array.from({ length: count }, (_, index) => BigInt(first + index)),
    dims,
  );
}

/** A prompt of so many tokens after so many cached ones; an embedding is two numbers, twice and thrice its place. */
function prompt(tokens: number, cached = 0): Feeds {
  const embeds = Float32Array.from({ length: tokens * 2 }, (_, index) => (index >> 1) * (2 + (index & 1)));
  const cache = new Tensor('float32', new Float32Array(cached), [1, 1, cached, 1]);
  return {
    inputs_embeds: new Tensor('float32', embeds, [1, tokens, 2]),
    attention_mask: whole([1, cached + tokens]),
    position_ids: whole([3, 1, tokens]), // three axes, as Qwen has them
    'past_key_values.0.key': cache,
    'past_key_values.0.value': cache,
  };
}

const numbers = (tensor: Tensor | undefined): number[] => Array.from(tensor?.data as BigInt64Array, Number);

describe('a long prompt', () => {
  it('is read in pieces, each after those before', async () => {
    const { session, fed, run } = decoder();
    let steps = 0;
    readInChunks(
      session,
      () => Promise.resolve(),
      () => steps++,
    );
    const outputs = await run(prompt(300));
    expect(fed.map(({ inputs_embeds }) => inputs_embeds?.dims)).toEqual([
      [1, 128, 2],
      [1, 128, 2],
      [1, 44, 2],
    ]);
    expect(fed.map(({ attention_mask }) => attention_mask?.dims)).toEqual([
      [1, 128],
      [1, 256],
      [1, 300],
    ]);
    expect(fed.map((feeds) => feeds['past_key_values.0.key']?.dims[2])).toEqual([0, 128, 256]);
    expect(outputs['present.0.key']?.dims).toEqual([1, 1, 300, 1]);
    expect(steps).toBe(2); // the last one is the caller's
  });

  it('is cut along its tokens', async () => {
    const { session, fed, run } = decoder();
    readInChunks(
      session,
      () => Promise.resolve(),
      () => undefined,
    );
    await run(prompt(130));
    expect(numbers(fed[1]?.inputs_embeds)).toEqual([256, 384, 258, 387]);
    expect(fed[1]?.position_ids?.dims).toEqual([3, 1, 2]);
    expect(numbers(fed[1]?.position_ids)).toEqual([128, 129, 258, 259, 388, 389]);
    expect(numbers(fed[0]?.position_ids).slice(126, 130)).toEqual([126, 127, 130, 131]);
  });

  it('may follow what is cached already', async () => {
    const { session, fed, run } = decoder();
    readInChunks(
      session,
      () => Promise.resolve(),
      () => undefined,
    );
    await run(prompt(200, 50));
    expect(fed.map(({ attention_mask }) => attention_mask?.dims[1])).toEqual([178, 250]);
    expect(fed.map((feeds) => feeds['past_key_values.0.key']?.dims[2])).toEqual([50, 178]);
  });

  it('is given up between two pieces', async () => {
    const { session, fed, run } = decoder();
    const stop = new Error('enough');
    readInChunks(
      session,
      () => (fed.length === 1 ? Promise.reject(stop) : Promise.resolve()),
      () => undefined,
    );
    await expect(run(prompt(500))).rejects.toBe(stop);
    expect(fed).toHaveLength(1);
  });
});

describe('what is read at once', () => {
  it('is a short prompt', async () => {
    const { session, fed, run } = decoder();
    readInChunks(
      session,
      () => Promise.reject(new Error('asked')),
      () => undefined,
    );
    const feeds = prompt(128);
    await run(feeds);
    expect(fed).toEqual([feeds]);
  });

  it('is any prompt of a decoder with another cache', async () => {
    const { session, fed, run } = decoder([...NAMES, 'past_conv.0']);
    readInChunks(
      session,
      () => Promise.resolve(),
      () => undefined,
    );
    await run(prompt(300));
    expect(fed).toHaveLength(1);
  });
});
