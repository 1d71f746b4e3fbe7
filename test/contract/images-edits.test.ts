import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, messageOf } from '../support/error-shapes.js';
import { postForm, type FormFile } from '../support/forms.js';
import { post, send, type Answer } from '../support/http.js';
import { fileOf, generatedFiles, startDrawing } from '../support/picture-client.js';
import { PictureHost } from '../support/picture-host.js';
import { differing, factsOf, overlapOf, pixelsOf, regionOf, shareOf } from '../support/pictures-judged.js';
import type { Server } from '../support/server.js';
import { pictureOf } from '../support/shapes.js';

const SIDE = 256;
const MEBIBYTE = 1024 ** 2;
const GREEN = 'a green circle on a white background';
const NO_PICTURE: FormFile = { name: 'words.png', bytes: Buffer.from('no picture') };
const B64 = { response_format: 'b64_json' } as const;

let server: Server;
let host: PictureHost;
let circle: FormFile;
/** Transparent on the left, where new is to be drawn. */
let leftHalf: FormFile;

beforeAll(async () => {
  host = await PictureHost.start();
  circle = { name: 'circle.png', bytes: await pictureOf('circle', 'red', 'white', SIDE) };
  leftHalf = { name: 'mask.png', bytes: await maskOf({ r: 0, g: 0, b: 0, alpha: 0 }, '#000') };
  server = await startDrawing({ EGRESS_ALLOW: '127.0.0.1' });
});
afterAll(async () => {
  await server.stop();
  await host.stop();
});

type Paint = string | { r: number; g: number; b: number; alpha: number };

function maskOf(left: Paint, right: Paint): Promise<Buffer> {
  const area = (width: number, background: Paint) => ({ width, height: SIDE, channels: 4 as const, background });
  return sharp({ create: area(SIDE, left) })
    .composite([{ input: { create: area(SIDE / 2, right) }, left: SIDE / 2, top: 0 }])
    .png()
    .toBuffer();
}

const dataUri = ({ bytes }: FormFile): string => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
const url = (): string => `${server.url}/v1/images/edits`;
const edit = (body: object): Promise<Answer> => post(url(), { prompt: GREEN, ...B64, seed: 1, ...body });
const editForm = (files: [field: string, file: FormFile][], fields = {}): Promise<Answer> =>
  postForm(url(), { prompt: GREEN, ...B64, seed: '1', ...fields }, files);

describe('POST /v1/images/edits', () => {
  it('makes a red circle green, and leaves it what and where it was', async () => {
    const drawn = await pixelsOf(fileOf(await edit({ image: dataUri(circle) })));
    expect(drawn).toMatchObject({ width: SIDE, height: SIDE });
    const green = regionOf(drawn, 'green');
    const likeness = async (shape: Parameters<typeof pictureOf>[0]): Promise<number> =>
      overlapOf(green, regionOf(await pixelsOf(await pictureOf(shape, 'green', 'white', SIDE)), 'green'));
    const [asCircle, asSquare, asTriangle] = [
      await likeness('circle'),
      await likeness('square'),
      await likeness('triangle'),
    ];
    expect(asCircle).toBeGreaterThan(0.8);
    expect(asCircle).toBeGreaterThan(Math.max(asSquare, asTriangle));
    expect(shareOf(regionOf(drawn, 'red'))).toBeLessThan(0.01);
    expect(shareOf(regionOf(drawn, 'white'))).toBeGreaterThan(0.6);
  });

  it('draws the same over a data URI, a link and a file of a form', async () => {
    const inJson = fileOf(await edit({ image: dataUri(circle) }));
    expect(fileOf(await edit({ image: host.serve('/circle', circle.bytes) }))).toEqual(inJson);
    expect(fileOf(await editForm([['image', circle]]))).toEqual(inJson);
    expect(fileOf(await editForm([['image[]', circle]]))).toEqual(inJson);
  });

  it('keeps each pixel outside the mask, and draws inside it', async () => {
    const source = await pixelsOf(circle.bytes);
    for (const answer of [
      await edit({ image: dataUri(circle), mask: dataUri(leftHalf) }),
      await edit({ image: host.serve('/circle', circle.bytes), mask: host.serve('/mask', leftHalf.bytes) }),
      await editForm([
        ['mask', leftHalf],
        ['image', circle],
      ]),
    ]) {
      const drawn = await pixelsOf(fileOf(answer));
      expect(differing(source, drawn, (x) => x >= SIDE / 2)).toBe(0);
      expect(differing(source, drawn, (x) => x < SIDE / 2)).toBeGreaterThan(1000);
    }
  });

  it('takes an opaque mask that is white where new is to be drawn', async () => {
    const mask = { name: 'mask.png', bytes: await maskOf('#fff', '#000') };
    const transparent = await edit({ image: dataUri(circle), mask: dataUri(leftHalf) });
    expect(fileOf(await edit({ image: dataUri(circle), mask: dataUri(mask) }))).toEqual(fileOf(transparent));
  });

  it('draws as large as the picture is, unless it is told another size', async () => {
    const wide = {
      name: 'wide.jpg',
      bytes: await sharp(circle.bytes).resize(260, 131, { fit: 'fill' }).jpeg().toBuffer(),
    };
    // The nearest multiples of 8.
    expect(await factsOf(fileOf(await edit({ image: dataUri(wide) })))).toMatchObject({ width: 264, height: 128 });
    const sized = await editForm([['image', wide]], { size: '64x72' });
    expect(await factsOf(fileOf(sized))).toMatchObject({ width: 64, height: 72 });
  });

  it('goes as far from the picture as strength says', async () => {
    const before = await pixelsOf(circle.bytes);
    const changed = async (strength: number): Promise<number> => {
      const drawn = await pixelsOf(fileOf(await edit({ image: dataUri(circle), strength, steps: 10 })));
      return drawn.rgb.reduce((sum, level, at) => sum + Math.abs(level - (before.rgb[at] ?? 0)), 0);
    };
    expect(await changed(0.1)).toBeLessThan(await changed(1));
  });

  it('says in the PNG that it was an edit', async () => {
    const { texts } = await factsOf(fileOf(await edit({ image: dataUri(circle), strength: 0.5 })));
    expect(texts.parameters?.split('\n')[0]).toBe(GREEN);
    expect(texts.parameters).toContain('Denoising strength: 0.5');
  });

  it('takes pictures that are larger than other JSON may be', async () => {
    const padded = { name: '', bytes: Buffer.concat([circle.bytes, Buffer.alloc(3 * MEBIBYTE)]) };
    expect((await edit({ image: dataUri(padded) })).status).toBe(200);
  });
});

describe('what POST /v1/images/edits refuses', () => {
  function expectRefusal(answer: Answer, status: number, named: string): void {
    expectError(answer, 'openai', status);
    expect(messageOf(answer)).toContain(named);
  }

  it('what is no picture', async () => {
    expectRefusal(await edit({ image: dataUri(NO_PICTURE) }), 400, 'picture');
    expectRefusal(await edit({ image: host.serve('/words', NO_PICTURE.bytes) }), 400, 'picture');
    expectError(await editForm([['image', NO_PICTURE]]), 'openai', 400);
    const files: [string, FormFile][] = [
      ['image', circle],
      ['mask', NO_PICTURE],
    ];
    expectError(await editForm(files), 'openai', 400);
  });

  it('half a picture', async () => {
    const half = { ...circle, bytes: circle.bytes.subarray(0, circle.bytes.length / 2) };
    expectError(await editForm([['image', half]]), 'openai', 400);
    expectError(await edit({ image: dataUri(half) }), 'openai', 400);
  });

  it('no picture at all', async () => {
    expectRefusal(await edit({}), 400, 'image');
    expectRefusal(await editForm([]), 400, 'image');
    expectRefusal(await editForm([['mask', leftHalf]]), 400, 'image');
  });

  it('no prompt', async () => {
    expectRefusal(await edit({ image: dataUri(circle), prompt: '' }), 400, 'prompt');
    expectRefusal(await editForm([['image', circle]], { prompt: '' }), 400, 'prompt');
  });

  it.each([
    'http://10.0.0.1/x.png',
    'http://localhost:1/x.png',
    'http://[::1]/x.png',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'circle.png',
  ])('a link to %s', async (link) => {
    expectRefusal(await edit({ image: link }), 400, 'The link to a picture cannot be used');
    expectRefusal(await edit({ image: dataUri(circle), mask: link }), 400, 'The link to a picture cannot be used');
  });

  it('a link that leads to nothing', async () => {
    expectRefusal(await edit({ image: `${host.url}/nothing` }), 400, '404');
  });

  it('a picture of more than 20 MB', async () => {
    const large = { name: 'large.png', bytes: Buffer.concat([circle.bytes, Buffer.alloc(20 * MEBIBYTE)]) };
    expectError(await editForm([['image', large]]), 'openai', 413);
    expectError(await edit({ image: host.serve('/large', large.bytes) }), 'openai', 413);
    expectError(await edit({ image: dataUri(large) }), 'openai', 413);
  });

  it.each([
    ['strength', '0'],
    ['strength', '1.5'],
    ['strength', 'much'],
    ['n', '11'],
    ['size', '65x64'],
    ['stream', 'true'],
    ['quality', 'hd'],
  ])('%s of %s in a form', async (field, value) => {
    expectRefusal(await editForm([['image', circle]], { [field]: value }), 400, field);
  });

  it('a model that there is not, and one that edits no pictures, before it fetches anything', async () => {
    const image = host.serve('/never', circle.bytes);
    expectRefusal(await edit({ image, model: 'no-such-model' }), 404, 'no-such-model');
    expectRefusal(await edit({ image, model: 'starter-chat' }), 400, 'starter-chat');
    expect(host.asked).not.toContain('/never');
  });

  it('a body that is neither form nor JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await send(url(), 'POST', 'a green circle', headers);
    expect([400, 415]).toContain(answer.status);
    expectError(answer, 'openai', answer.status);
  });

  it('and keeps nothing of it', () => {
    // What was drawn is in the answers' base64, and in files until they expire: one for each picture, and no part of one.
    expect(generatedFiles(server).filter((name) => !/^[A-Za-z0-9_-]{32}\.png$/.test(name))).toEqual([]);
  });
});
