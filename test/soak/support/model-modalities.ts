import type { NewFile } from '../../support/hub-service.js';
import { getRequest, jsonRequest, type SoakClient, type WireRequest } from './client.js';
import type { Modality } from './modality.js';

/** The chat model under a second name, which is launched and killed all the time. */
export const SECOND_MODEL = 'second';

const post = (target: string, body: unknown): WireRequest => jsonRequest('POST', target, body);
const talk = (model: string): WireRequest =>
  post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hello!' }], max_tokens: 8 });

async function launchAndKill(client: SoakClient): Promise<void> {
  await client.expect(post('/ml-backend/model/launch', { model_name: SECOND_MODEL }), 200);
  await client.abandon(talk(SECOND_MODEL), 'at once', Math.random);
  await client.expect(talk(SECOND_MODEL), 200);
  await client.expect(jsonRequest('DELETE', '/ml-backend/model/kill', { model_name: SECOND_MODEL }), 200);
}

/** What changes which models there are; one client does all of it, one after the other. */
export function modelModalities({ model, file }: NewFile): Modality[] {
  const pull = post('/rkllama/pull', { model });
  const pullAndRemove = async (client: SoakClient): Promise<void> => {
    await client.abandon(pull, 'at the first byte', Math.random);
    await client.expect(pull, 200);
    await client.expect(getRequest('/v1/models'), 200);
    await client.expect(post('/rkllama/rm', { model: file }), 200);
  };
  return [
    { name: 'launch and kill', request: () => talk(SECOND_MODEL), polite: launchAndKill },
    { name: 'pull and remove', request: () => pull, polite: pullAndRemove },
  ];
}
