import { describe, expect, it } from 'vitest';
import type { ImageTextTask } from '../../src/inference/text-tasks.js';
import { delta, events, json, refusal, SERVED, usage } from '../support/fake-upstream.js';
import { errorOf } from './support/errors.js';
import { CHAT, hello, RemoteWorld } from './support/remote-world.js';

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
const FULL = refusal(400, "This model's maximum context length is 4096 tokens. However, you requested 5000.");

describe('a model on another server', () => {
  it('is loaded by asking for it, takes no memory, and has the slots of its entry', async () => {
    const world = await RemoteWorld.start();
    expect(await world.load()).toEqual({
      context: { size: 4096, trained: 4096 },
      slots: 2,
      threads: null,
      gpuLayers: 0,
      gpuName: null,
      memoryBytes: 0,
    });
    expect(world.upstream.last).toMatchObject({ method: 'GET', path: '/v1/models' });
    expect(world.service.memory().used).toBe(0);
    expect(world.observed.events).toEqual(['loaded far']);
  });

  it('keeps its context whatever a launch asks for', async () => {
    const world = await RemoteWorld.start();
    await world.load();
    expect((await world.load(512)).context?.size).toBe(4096);
    expect(world.upstream.asked).toHaveLength(1);
  });

  it.each([
    [
      'llama-server, whatever its model is called',
      { id: '/m/x.gguf', owned_by: 'llamacpp', meta: { n_ctx: 512, n_ctx_train: 9 } },
      512,
    ],
    ['an older llama-server', { id: SERVED, meta: { n_ctx_train: 1024 } }, 1024],
    ['Parley', { id: SERVED, context_length: 256 }, 256],
    ['one that goes by another name', { id: 'x', aliases: [SERVED], max_model_len: 128 }, 128],
    ['one that does not tell', { id: SERVED }, undefined],
  ])('has the context that its server tells: %s', async (_, model, size) => {
    const world = await RemoteWorld.start();
    world.upstream.on('GET /v1/models', json({ data: [model] }));
    expect((await world.load()).context?.size).toBe(size);
  });

  it('has the context of its entry where there is one', async () => {
    const world = await RemoteWorld.start({}, { context: 1000 });
    expect((await world.load()).context).toEqual({ size: 1000, trained: 4096 });
  });

  it('may be asked for by a name that its server does not list', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('GET /v1/models', json({ data: [{ id: 'other' }] }));
    world.upstream.on('GET /v1/models/served/model', json({ id: 'other', context_length: 77 }));
    expect((await world.load()).context?.size).toBe(77);
  });

  it('is not loaded when its server does not have it', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('GET /v1/models', json({ data: [{ id: 'other' }] }));
    expect(await errorOf(world.load())).toMatchObject({
      code: 'model_load_failed',
      message: `The model "far" could not be loaded: the server does not have a model "${SERVED}".`,
    });
  });

  it('is taken at its word where the server has no list', async () => {
    const world = await RemoteWorld.start({}, { context: 300 });
    world.upstream.on('GET /v1/models', refusal(404, 'no such route'));
    expect((await world.load()).context?.size).toBe(300);
    expect(await world.say()).toBe('Hello');
  });

  it('gets its key, and nobody else does', async () => {
    const world = await RemoteWorld.start({ key_env: 'FAR_KEY' });
    expect(await errorOf(world.load())).toMatchObject({
      code: 'model_load_failed',
      message: 'The model "far" needs a key for its server, and the environment variable FAR_KEY has none.',
    });
    world.secrets.set('FAR_KEY', 'sesame');
    expect(await world.say()).toBe('Hello');
    expect(world.upstream.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sesame',
      'Bearer sesame',
    ]);
  });
});

describe('text of another server', () => {
  it('comes in pieces, and is counted as the server counts it', async () => {
    const world = await RemoteWorld.start();
    expect(await world.all(hello())).toEqual([
      { type: 'started', promptTokens: 0, cachedTokens: 0, droppedMessages: 0 },
      { type: 'text', text: 'Hel', completionTokens: 1 },
      { type: 'text', text: 'lo', completionTokens: 2 },
      { type: 'finished', finishReason: 'stop', promptTokens: 7, completionTokens: 3, cachedTokens: 2 },
    ]);
    expect(world.observed.requests).toMatchObject([
      { model: 'far', task: 'text-generation', outcome: 'stop', promptTokens: 7, completionTokens: 3, cachedTokens: 2 },
    ]);
  });

  it('is asked for over connections that are kept', async () => {
    const world = await RemoteWorld.start();
    const ports = new Set<number | undefined>();
    world.upstream.on(CHAT, (response, asked) => {
      ports.add(response.socket?.remotePort);
      return events(delta({ content: 'x' }), delta({}, 'stop'))(response, asked);
    });
    for (let time = 0; time < 5; time++) expect(await world.say()).toBe('x');
    // The next question may go out before the end of the last answer has been read.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('has the defaults of the entry', async () => {
    const world = await RemoteWorld.start({}, { sampling: { topP: 0.5, temperature: 1 } });
    await world.say({ sampling: { temperature: 0 } });
    expect(world.upstream.last.body).toMatchObject({ model: SERVED, top_p: 0.5, temperature: 0 });
  });

  it('of a raw prompt', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on('POST /v1/completions', events({ choices: [{ text: 'upon', finish_reason: 'stop' }] }));
    expect(await world.say({ prompt: { kind: 'raw', text: 'Once' } })).toBe('upon');
    expect(world.upstream.last.body).toMatchObject({ prompt: 'Once' });
  });

  it('about pictures', async () => {
    const world = await RemoteWorld.start();
    const parts = [{ type: 'image' }, { type: 'text', text: 'What?' }] as const;
    const messages = [{ role: 'user', parts }] as const;
    const task: ImageTextTask = { ...hello(), kind: 'image-text-to-text', messages, images: [PNG] };
    expect((await world.all(task)).at(-1)).toMatchObject({ type: 'finished', promptTokens: 7 });
    const url = `data:image/png;base64,${Buffer.from(PNG).toString('base64')}`;
    expect(world.upstream.last.body).toMatchObject({
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }, parts[1]] }],
    });
  });

  it('that calls tools', async () => {
    const world = await RemoteWorld.start();
    const call = (made: object, id?: string): object => ({ tool_calls: [{ index: 0, id, function: made }] });
    world.upstream.on(
      CHAT,
      events(delta(call({ name: 'f', arguments: '' }, 'c')), delta(call({ arguments: '{}' })), delta({}, 'tool_calls')),
    );
    const tools = { tools: [{ name: 'f' }], choice: 'required', parallel: true } as const;
    expect(await world.all(hello({ tools }))).toMatchObject([
      { type: 'started' },
      { type: 'tool-call', index: 0, id: 'c', name: 'f', arguments: '' },
      { type: 'tool-call', index: 0, arguments: '{}' },
      { type: 'finished', finishReason: 'tool_calls' },
    ]);
    expect(world.observed.requests[0]?.outcome).toBe('tool_calls');
  });

  it('is no more than the slots at a time', async () => {
    const world = await RemoteWorld.start({ slots: 1 });
    let open = 0;
    let most = 0;
    world.upstream.on(CHAT, async (response, asked) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return events(delta({ content: 'x' }, 'stop'))(response, asked);
    });
    await Promise.all(Array.from({ length: 5 }, () => world.say()));
    expect(most).toBe(1);
  });
});

describe('a conversation that is too long for another server', () => {
  const turns = (count: number): typeof messages => messages.slice(0, 1 + 2 * count + 1);
  const messages = ['s', 'q1', 'a1', 'q2', 'a2', 'q3', 'a3', 'q4'].map(
    (content, at) => ({ role: at === 0 ? 'system' : at % 2 === 1 ? 'user' : 'assistant', content }) as const,
  );
  const long = hello({ prompt: { kind: 'messages', messages: turns(3) }, overflow: 'drop-oldest' });
  const sentTo = (world: RemoteWorld, path: string): string[] =>
    world.upstream
      .bodiesOf(path)
      .map((body) => (body as { messages: { content: string }[] }).messages.map(({ content }) => content).join(' '));

  it('is refused with the status of that', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on(CHAT, FULL);
    const error = await errorOf(world.say());
    expect(error).toMatchObject({ code: 'context_length_exceeded', param: 'messages' });
    expect(error.message).toContain('4096 tokens');
    expect(await errorOf(world.all({ ...long, overflow: 'refuse' }))).toMatchObject({
      code: 'context_length_exceeded',
    });
    expect(world.upstream.bodiesOf('/v1/chat/completions')).toHaveLength(2);
  });

  it('loses its oldest turns one by one where the server does not count', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on(CHAT, FULL, FULL, events(delta({ content: 'x' }, 'stop')));
    expect((await world.all(long))[0]).toMatchObject({ type: 'started', droppedMessages: 4 });
    expect(sentTo(world, '/v1/chat/completions')).toEqual(['s q1 a1 q2 a2 q3 a3 q4', 's q2 a2 q3 a3 q4', 's q3 a3 q4']);
  });

  it('is refused once the last question alone is too long', async () => {
    const world = await RemoteWorld.start();
    world.upstream.on(CHAT, FULL);
    expect((await errorOf(world.all(long))).code).toBe('context_length_exceeded');
    expect(sentTo(world, '/v1/chat/completions').at(-1)).toBe('s q4');
  });

  it('loses its oldest turns before it is sent where the server counts', async () => {
    const world = await RemoteWorld.start({}, { context: 100 });
    world.upstream.on('POST /tokenize', (response, asked) => {
      const { messages: kept } = asked.body as { messages: unknown[] };
      const tokens = kept.flatMap(() => Array.from({ length: 15 }, (_, at) => at));
      return json({ count: tokens.length, tokens, max_model_len: 100 })(response, asked);
    });
    // Of 100 tokens a quarter stays free for the answer: five messages of 15 fit.
    expect((await world.all(long))[0]).toMatchObject({ droppedMessages: 4 });
    expect(sentTo(world, '/tokenize')).toHaveLength(3);
    expect(sentTo(world, '/v1/chat/completions')).toEqual(['s q3 a3 q4']);
  });
});

it('a server that tells nothing of usage is counted by its pieces', async () => {
  const world = await RemoteWorld.start({ omit: ['stream_options'] });
  world.upstream.on(CHAT, events(delta({ content: 'a' }), delta({ content: 'b' }, 'stop')));
  expect((await world.all(hello())).at(-1)).toMatchObject({ promptTokens: 0, completionTokens: 2 });
  expect(world.upstream.last.body).not.toHaveProperty('stream_options');
  world.upstream.on(CHAT, events(delta({ content: 'a' }, 'stop'), usage(1, 1)));
  expect((await world.all(hello())).at(-1)).toMatchObject({ promptTokens: 1 });
});
