import { Inject, Injectable } from '@nestjs/common';
import { QueuesByKey } from '../inference/admission/queues-by-key.js';
import { ParleyError, throwIfAborted } from '../inference/errors.js';
import { TimeSlice } from '../inference/time-slice.js';
import { FORMATS_READ, formatOf } from '../inference/pictures/picture-format.js';
import { EgressError, EgressRefusedError, EgressTooLargeError } from './egress-errors.js';
import { EgressFetcher } from './egress-fetcher.js';

/** The fetcher for addresses that stand in requests: it trusts no host. */
export const LINK_FETCHER = Symbol('fetcher of links');

export const MAX_PICTURE_BYTES = 20 * 1024 ** 2;
/** Pictures of one question. */
export const MAX_PICTURES = 16;
/** Downloads of one API key at a time, and those that may wait: slow servers cost their requester alone. */
const KEY_LIMITS = { slots: 8, maxWaiting: 256 };
/** For all of one picture's transfer: a server that sends a byte now and then ends there, too. */
const TRANSFER_MS = 20_000;
/** Characters of a data URI that are decoded at a time. */
const BASE64_SLICE = 256 * 1024;

/** On whose behalf pictures are fetched, and for how long. */
export interface LinkRequester {
  readonly keyId: string;
  readonly signal: AbortSignal;
}

/** Pictures that requests name by a link. */
@Injectable()
export class PictureLinks {
  private readonly queues = new QueuesByKey(KEY_LIMITS, 'The download of linked pictures');

  constructor(@Inject(LINK_FETCHER) private readonly fetcher: EgressFetcher) {}

  /**
   * The picture file behind a http(s) link or in a data URI. Throws `invalid_request` that names `param` when the link
   * leads to a private place, to nothing or to no picture, `payload_too_large`, and `overloaded` while too many downloads of
   * the API key wait.
   */
  async fetch(link: string, param: string, requester: LinkRequester): Promise<Uint8Array> {
    const bytes = /^data:/i.test(link) ? await fromDataUri(link, param) : await this.download(link, param, requester);
    if (formatOf(bytes) === null) {
      throw wrongLink(`what it leads to is neither ${FORMATS_READ}`, param);
    }
    return bytes;
  }

  /** All of them, in their order. The first that fails ends the others. */
  async fetchAll(links: readonly string[], param: string, { keyId, signal }: LinkRequester): Promise<Uint8Array[]> {
    const failed = new AbortController();
    const requester = { keyId, signal: AbortSignal.any([signal, failed.signal]) };
    try {
      return await Promise.all(links.map((link) => this.fetch(link, param, requester)));
    } catch (error) {
      failed.abort();
      throw error;
    }
  }

  private async download(link: string, param: string, { keyId, signal }: LinkRequester): Promise<Uint8Array> {
    if (!URL.canParse(link) || !/^https?:/i.test(link)) {
      throw wrongLink('it must be a http or https address, or a data URI', param);
    }
    return this.queues.run(keyId, signal, () => this.downloadNow(link, param, signal));
  }

  private async downloadNow(link: string, param: string, signal: AbortSignal): Promise<Uint8Array> {
    const late = AbortSignal.timeout(TRANSFER_MS);
    try {
      return await this.read(link, param, AbortSignal.any([signal, late]));
    } catch (error) {
      throwIfAborted(signal);
      if (late.aborted) throw wrongLink(`it took longer than ${String(TRANSFER_MS / 1000)} s`, param);
      throw explained(error, param);
    }
  }

  private async read(link: string, param: string, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.fetcher.fetch(link, { maxBytes: MAX_PICTURE_BYTES, signal });
    if (answer.status !== 200) {
      answer.discard();
      throw wrongLink(`its server answered ${String(answer.status)}`, param);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

/** In slices, since an image may have 20 MB. */
async function fromDataUri(link: string, param: string): Promise<Uint8Array> {
  const comma = link.indexOf(',');
  if (!/;base64$/i.test(link.slice(Math.max(0, comma - 10), Math.max(0, comma)))) throw notBase64(param);
  const slice = new TimeSlice();
  const bytes = Buffer.allocUnsafe(Math.ceil(((link.length - comma) * 3) / 4));
  let length = 0;
  let rest = '';
  for (let from = comma + 1; from < link.length; from += BASE64_SLICE) {
    const text = link.slice(from, from + BASE64_SLICE);
    if (!/^[A-Za-z0-9+/=_\s-]*$/.test(text)) throw notBase64(param);
    const digits = rest + text.replace(/\s+/g, '');
    const whole = digits.length - (digits.length % 4);
    length += bytes.write(digits.slice(0, whole), length, 'base64');
    rest = digits.slice(whole);
    await slice.yieldIfSpent();
  }
  length += bytes.write(rest, length, 'base64');
  if (length > MAX_PICTURE_BYTES) throw tooLarge(param);
  return bytes.subarray(0, length);
}

function notBase64(param: string): ParleyError {
  return wrongLink('a data URI must be in base64: data:image/png;base64,…', param);
}

function explained(error: unknown, param: string): unknown {
  if (error instanceof EgressTooLargeError) return tooLarge(param);
  if (error instanceof EgressRefusedError) return wrongLink(error.message, param);
  if (error instanceof EgressError) return wrongLink(`it could not be reached: ${error.message}`, param);
  return error;
}

function wrongLink(why: string, param: string): ParleyError {
  return new ParleyError('invalid_request', `The link to a picture cannot be used: ${why}.`, { param });
}

function tooLarge(param: string): ParleyError {
  return new ParleyError('payload_too_large', 'The picture is larger than 20 MB.', { param });
}
