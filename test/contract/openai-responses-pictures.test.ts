import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PictureHost } from '../support/picture-host.js';
import { startServer, type Server } from '../support/server.js';
import { pictureOf } from '../support/shapes.js';

const RED_CIRCLE = 'A red circle on a blue background.';
const DESCRIBE = { type: 'input_text', text: 'Describe this image.' } as const;

let server: Server;
let host: PictureHost;
let client: OpenAI;
let circle: Uint8Array;

beforeAll(async () => {
  host = await PictureHost.start();
  circle = await pictureOf('circle', 'red', 'blue');
  server = await startServer({ env: { PRELOAD_MODELS: 'starter-vision', EGRESS_ALLOW: '127.0.0.1' } });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(async () => {
  await server.stop();
  await host.stop();
});

function show(imageUrl: string): OpenAI.Responses.ResponseInput {
  return [{ role: 'user', content: [{ type: 'input_image', image_url: imageUrl, detail: 'auto' }, DESCRIBE] }];
}

const dataUri = (): string => `data:image/png;base64,${Buffer.from(circle).toString('base64')}`;

describe('pictures', () => {
  it('go to the default vision model, and are still seen by the response that goes on', async () => {
    const first = await client.responses.create({ input: show(dataUri()), temperature: 0 });
    expect([first.output_text, first.model]).toEqual([RED_CIRCLE, 'starter-vision']);
    const next = { input: 'What shape is it?', temperature: 0, previous_response_id: first.id };
    expect((await client.responses.create(next)).output_text).toBe('A circle.');
    const { data } = await client.responses.inputItems.list(first.id);
    expect(data[0]).toMatchObject({ content: [{ type: 'input_image', image_url: dataUri() }, DESCRIBE] });
  });

  it('are fetched again from their link', async () => {
    const link = host.serve('/circle.png', circle);
    const first = await client.responses.create({ input: show(link), temperature: 0 });
    const next = { input: 'What shape is it?', temperature: 0, previous_response_id: first.id };
    expect((await client.responses.create(next)).output_text).toBe('A circle.');
    expect(host.asked).toEqual(['/circle.png', '/circle.png']);
  });

  it('may be larger than other bodies', async () => {
    const padded = Buffer.concat([circle, Buffer.alloc(2 * 1024 ** 2)]);
    const answer = await client.responses.create({
      input: show(`data:image/png;base64,${padded.toString('base64')}`),
      temperature: 0,
      store: false,
    });
    expect(answer.output_text).toBe(RED_CIRCLE);
  });

  it.each([
    ['http://127.0.0.1:1/nothing.png', 'input'],
    ['data:image/png;base64,AAAA', 'input'],
    ['file:///etc/passwd', 'input'],
  ])('are refused behind %s', async (link, param) => {
    await expect(client.responses.create({ input: show(link) })).rejects.toMatchObject({ status: 400, param });
  });

  it('are refused by a model that does not see', async () => {
    const asked = client.responses.create({ model: 'starter-chat', input: show(dataUri()) });
    await expect(asked).rejects.toMatchObject({ status: 400 });
  });
});
