import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail, expectError, messageOf } from '../support/error-shapes.js';
import { postForm, type FormFile } from '../support/forms.js';
import { post, type Answer } from '../support/http.js';
import { PictureHost } from '../support/picture-host.js';
import { startServer, type Server } from '../support/server.js';
import { pictureOf } from '../support/shapes.js';
import { sseEvents } from '../support/streaming.js';

const VISION = 'starter-vision';
const DESCRIBE = 'Describe this image.';
const RED_CIRCLE = 'A red circle on a blue background.';
const GREEN_SQUARE = 'A green square on a yellow background.';

let server: Server;
let host: PictureHost;
let circle: FormFile;
let square: FormFile;

beforeAll(async () => {
  host = await PictureHost.start();
  circle = { name: 'circle.png', bytes: await pictureOf('circle', 'red', 'blue') };
  square = { name: 'square.png', bytes: await pictureOf('square', 'green', 'yellow', 480) };
  server = await startServer({ env: { PRELOAD_MODELS: `starter-chat,${VISION}`, EGRESS_ALLOW: '127.0.0.1' } });
});
afterAll(async () => {
  await server.stop();
  await host.stop();
});

const dataUri = ({ bytes }: FormFile): string => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;

describe('POST /chat of chatvlm', () => {
  const chat = (file: FormFile, fields: Record<string, string> = {}): Promise<Answer> =>
    postForm(`${server.url}/chat`, fields, [['file', file]]);

  it('describes the picture unless it is asked something else', async () => {
    const { status, body } = await chat(circle);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        response: RED_CIRCLE,
        model: VISION,
        processing_time: expect.toSatisfy((seconds: unknown) => typeof seconds === 'number' && seconds > 0) as unknown,
        prompt: 'Describe this image',
      },
    });
    const asked = await chat(square, { prompt: 'What shape is it?', temperature: '0', max_tokens: '20' });
    expect(asked.body).toMatchObject({ response: 'A square.', prompt: 'What shape is it?' });
  });

  it.each([{ temperature: '1.5' }, { temperature: 'warm' }, { max_tokens: '0' }, { max_tokens: '1.5' }])(
    'refuses %j',
    async (fields) => {
      const answer = await chat(circle, fields);
      expectDetail(answer, 400);
      expect(messageOf(answer)).toContain(Object.keys(fields)[0]);
    },
  );

  it('refuses a model that sees nothing', async () => {
    expectDetail(await chat(circle, { model: 'starter-chat' }), 400);
    expectDetail(await chat(circle, { model: 'starter-ocr' }), 400);
  });
});

describe('POST /generate/fromimagetext of ml-backend', () => {
  interface Ask {
    readonly files?: readonly FormFile[];
    readonly links?: readonly string[];
    readonly fields?: Readonly<Record<string, string>>;
    readonly session?: string;
  }

  async function ask(prompt: string, { files = [], links, fields = {}, session = 'default' }: Ask): Promise<Answer> {
    const given = { model_name: VISION, prompt, ...(links && { image_links: JSON.stringify(links) }), ...fields };
    const parts = files.map((file) => ['image_files', file] as const);
    return postForm(`${server.url}/generate/fromimagetext`, given, parts, { 'x-session-id': session });
  }

  it('answers about a file, as plain text', async () => {
    const answer = await ask(DESCRIBE, { files: [circle], session: 'file' });
    expect(answer).toMatchObject({ status: 200, type: 'text/plain', text: RED_CIRCLE });
  });

  it('answers about a link', async () => {
    const link = host.serve('/square', square.bytes);
    expect(await ask(DESCRIBE, { links: [link], session: 'link' })).toMatchObject({ status: 200, text: GREEN_SQUARE });
    const single = { image_links: link };
    expect(await ask(DESCRIBE, { fields: single, session: 'single' })).toMatchObject({ text: GREEN_SQUARE });
  });

  it('joins the conversation that fromtext has with the same model', async () => {
    const session = 'joined';
    await ask(DESCRIBE, { files: [circle], session });
    const question = { model_name: VISION, prompt: 'What can you do?' };
    const followed = await post(`${server.url}/generate/fromtext`, question, { 'x-session-id': session });
    expect(followed.status).toBe(200);
    expect(followed.text.length).toBeGreaterThan(0);
  });

  it('refuses what is no picture, in its own words', async () => {
    const words: FormFile = { name: 'circle.png', bytes: Buffer.from('no picture') };
    expectError(await ask(DESCRIBE, { files: [words] }), 'ml-backend', 400);
    const link = host.serve('/words', Buffer.from('no picture'));
    const answer = await ask(DESCRIBE, { links: [link] });
    expectError(answer, 'ml-backend', 400);
    expect(messageOf(answer)).toContain('neither JPEG, PNG, BMP, TIFF nor WebP');
  });

  it('refuses a form without its fields with 422', async () => {
    const answer = await postForm(`${server.url}/generate/fromimagetext`, { prompt: 'x' }, []);
    expect(answer.status).toBe(422);
    expect(messageOf(answer)).toContain('Field required');
  });

  it('refuses pictures for a model that sees none, before it fetches them', async () => {
    const link = host.serve('/never', circle.bytes);
    const fields = { model_name: 'starter-chat' };
    expectError(await ask(DESCRIBE, { links: [link], fields }), 'ml-backend', 400);
    expect(host.asked).not.toContain('/never');
  });
});

describe('a link', () => {
  const about = (link: string): Promise<Answer> =>
    postForm(`${server.url}/generate/fromimagetext`, { model_name: VISION, prompt: DESCRIBE, image_links: link }, [], {
      'x-session-id': 'links',
    });

  it.each([
    'http://localhost:1/x.png',
    'http://[::1]/x.png',
    'http://[::ffff:10.0.0.1]/x.png',
    'http://2130706434/x.png',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'ftp://example.org/x.png',
    'gopher://x',
    'not a link',
    'data:image/png,plain',
  ])('to %s is refused', async (link) => {
    const answer = await about(link);
    expectError(answer, 'ml-backend', 400);
    expect(messageOf(answer)).toContain('The link to a picture cannot be used');
  });

  it('that redirects to a private place is refused', async () => {
    const link = host.answer('/away', (_, response) => {
      response.writeHead(302, { location: 'http://10.0.0.1/x.png' }).end();
    });
    expectError(await about(link), 'ml-backend', 400);
  });

  it('to more than 20 MB is refused, also when nobody says how much comes', async () => {
    const chunk = Buffer.alloc(1024 ** 2);
    const link = host.answer('/endless', (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expectError(await about(link), 'ml-backend', 413);
  });

  it('to nothing is refused', async () => {
    const answer = await about(`${host.url}/nothing`);
    expectError(answer, 'ml-backend', 400);
    expect(messageOf(answer)).toContain('404');
  });
});

describe('image_url parts of openai', () => {
  const chat = (url: string, more: object = {}, text = DESCRIBE): Promise<Answer> =>
    post(`${server.url}/v1/chat/completions`, {
      model: VISION,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
      ...more,
    });
  const contentOf = ({ body }: Answer): string | undefined =>
    (body as { choices: { message: { content: string } }[] }).choices[0]?.message.content;

  it('may be data URIs', async () => {
    const answer = await chat(dataUri(circle));
    expect(contentOf(answer)).toBe(RED_CIRCLE);
    const { usage } = answer.body as { usage: { prompt_tokens: number } };
    expect(usage.prompt_tokens).toBeGreaterThan(20); // the picture counts
  });

  it('may be links', async () => {
    const link = host.serve('/circle', circle.bytes);
    expect(contentOf(await chat(link, {}, 'What colour is the shape?'))).toBe('Red.');
  });

  it('go to the vision model when none is named', async () => {
    const answer = await chat(dataUri(square), { model: undefined });
    expect(contentOf(answer)).toBe(GREEN_SQUARE);
    expect(answer.body).toMatchObject({ model: VISION });
  });

  it('are answered as a stream, too', async () => {
    const { text } = await chat(dataUri(circle), { stream: true });
    const pieces = sseEvents(text)
      .filter((event) => event !== '[DONE]')
      .map((event) => JSON.parse(event) as { choices: { delta: { content?: string } }[] })
      .map(({ choices }) => choices[0]?.delta.content ?? '');
    expect(pieces.join('')).toBe(RED_CIRCLE);
    expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(2);
  });

  it('may be larger than other bodies', async () => {
    const large = await pictureOf('circle', 'red', 'blue', 1800);
    const padded = Buffer.concat([large, Buffer.alloc(3 * 1024 ** 2)]);
    expect(contentOf(await chat(dataUri({ name: '', bytes: padded })))).toBe(RED_CIRCLE);
  });

  it('are refused for a model that sees none', async () => {
    expectError(await chat(dataUri(circle), { model: 'starter-chat' }), 'openai', 400);
  });

  it('without a picture the same model answers in words', async () => {
    const messages = [{ role: 'user', content: 'Hello!' }];
    const answer = await post(`${server.url}/v1/chat/completions`, { model: VISION, messages });
    expect(answer.status).toBe(200);
    expect((contentOf(answer) ?? '').length).toBeGreaterThan(0);
  });
});
