import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { del, get, post, send, type RequestHeaders } from '../support/http.js';
import { HubService } from '../support/hub-service.js';

const ALICE = { authorization: 'Bearer alice-key' };
const BOB = { authorization: 'Bearer bob-key' };
const STARTER = { model_name: 'starter-chat' };
const NOT_KNOWN = "I don't know your name yet.";

let service: HubService;

async function start(): Promise<void> {
  service = await HubService.start({ env: { API_KEYS: 'alice-key,bob-key' } });
}

const url = (path: string): string => `${service.url}${path}`;

async function hear(prompt: string, headers: RequestHeaders): Promise<string> {
  const answer = await post(url('/ml-backend/generate/fromtext'), { ...STARTER, prompt }, headers);
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  return answer.text;
}

async function current(headers: RequestHeaders): Promise<unknown> {
  const { status, body } = await get(url('/rkllama/current_model'), headers);
  return status === 200 ? body : status;
}

async function say(messages: string, headers: RequestHeaders): Promise<unknown> {
  const { status, body } = await post(url('/rkllama/generate'), { messages }, headers);
  return status === 200 ? (body as { choices: { content: string }[] }).choices[0]?.content : status;
}

const load = async (headers: RequestHeaders): Promise<number> =>
  (await post(url('/rkllama/load_model'), STARTER, headers)).status;

describe.each(['SIGTERM', 'SIGKILL'] as const)('a %s and a new start', (signal) => {
  const other = { ...ALICE, 'x-session-id': 'other' };
  const pirate = { ...ALICE, 'x-session-id': 'pirate' };
  const cleared = { ...BOB, 'x-session-id': 'cleared' };

  beforeAll(async () => {
    await start();
    await hear('My name is Wendy.', ALICE);
    await hear('My name is Oscar.', other);
    const prompt = { ...STARTER, system_prompt: 'You are a pirate.' };
    expect((await post(url('/ml-backend/chat/addsystemprompt'), prompt, pirate)).status).toBe(200);
    await hear('My name is Wendy.', cleared);
    expect((await del(url('/ml-backend/chat/clearchat'), STARTER, cleared)).status).toBe(200);
    expect(await load(ALICE)).toBe(200);
    await service.restart(signal);
  });
  afterAll(() => service.stop());

  it('keep the history of each key and session', async () => {
    expect(await hear('What is my name?', ALICE)).toBe('Your name is Wendy.');
    expect(await hear('What is my name?', other)).toBe('Your name is Oscar.');
    expect(await hear('What is my name?', { ...ALICE, 'x-session-id': 'third' })).toBe(NOT_KNOWN);
    expect(await hear('What is my name?', BOB)).toBe(NOT_KNOWN);
  });

  it('keep the system prompt', async () => {
    expect(await hear('What is the capital of Spain?', pirate)).toBe('Arr! The capital of Spain is Madrid.');
    expect(await hear('What is the capital of Spain?', { ...BOB, 'x-session-id': 'pirate' })).toBe(
      'The capital of Spain is Madrid.',
    );
  });

  it('do not bring back what was cleared', async () => {
    expect(await hear('What is my name?', cleared)).toBe(NOT_KNOWN);
  });

  it("keep each key's current model", async () => {
    expect(await current(ALICE)).toEqual(STARTER);
    expect(await current(BOB)).toBe(404);
    expect(await say('Bonjour !', ALICE)).toBe('Bonjour ! Comment puis-je vous aider ?');
    expect(await say('Bonjour !', BOB)).toBe(400);
    expect(await load(ALICE)).toBe(400);
  });

  it('do not bring back a current model that was unloaded', async () => {
    expect((await send(url('/rkllama/unload_model'), 'POST', undefined, ALICE)).status).toBe(200);
    await service.restart(signal);
    expect(await current(ALICE)).toBe(404);
    expect(await load(ALICE)).toBe(200);
  });
});

describe('unloading through ml-backend', () => {
  beforeAll(() => start());
  afterAll(() => service.stop());

  it('leaves the history as it is', async () => {
    await hear('My name is Wendy.', ALICE);
    expect((await del(url('/ml-backend/model/kill'), STARTER, ALICE)).status).toBe(200);
    expect(await hear('What is my name?', ALICE)).toBe('Your name is Wendy.');
  });

  it("ends every key's current model, also one from before a new start, and for good", async () => {
    await load(ALICE);
    await load(BOB);
    await service.restart('SIGTERM');
    expect((await del(url('/ml-backend/model/kill'), STARTER, BOB)).status).toBe(200);
    for (const key of [ALICE, BOB]) {
      expect(await current(key)).toBe(404);
      expect(await say('Bonjour !', key)).toBe(400);
    }
    await service.restart('SIGKILL');
    for (const key of [ALICE, BOB]) expect(await current(key)).toBe(404);
  });
});
