import { Injectable } from '@nestjs/common';
import { ANONYMOUS } from '../../config/api-keys.js';
import { ParleyError } from '../../inference/errors.js';

const MIB = 1024 ** 2;

/** Bounds of the forms that all keys send at a time, and of one key's part of them. */
export const FORM_BOUNDS = {
  forms: 128,
  formsOfKey: 32,
  bytes: 1024 * MIB,
  bytesOfKey: 512 * MIB,
} as const;

/** Resources of a form: a place until it is parsed, and memory until its request has its response. */
export interface FormTicket {
  /** Counts bytes that stay in memory. Throws `overloaded`. */
  hold(bytes: number): void;
  parsed(): void;
  /** Gives back all of it. */
  leave(): void;
}

interface KeyUsage {
  forms: number;
  bytes: number;
}

/** Weight of the latest form in the measured duration. */
const SMOOTHING = 0.2;

/**
 * Admits multipart forms to parsing. Places and memory are divided between the API keys in use; each key can always have one
 * form.
 */
@Injectable()
export class FormAdmission {
  private readonly usage = new Map<string, KeyUsage>();
  private meanSeconds = 0;

  /** Throws `overloaded` with a measured `Retry-After`. */
  enter(keyId: string): FormTicket {
    const usage = this.usage.get(keyId) ?? { forms: 0, bytes: 0 };
    this.usage.set(keyId, usage);
    // Without keys there is no other key to share with: memory and `MAX_CONNECTIONS` bound the forms.
    if (keyId !== ANONYMOUS && usage.forms >= this.share(FORM_BOUNDS.forms, FORM_BOUNDS.formsOfKey)) {
      throw this.error(`This API key already has ${String(usage.forms)} forms in transfer.`);
    }
    usage.forms++;
    return this.ticketOf(keyId, usage);
  }

  private ticketOf(keyId: string, usage: KeyUsage): FormTicket {
    const since = performance.now();
    let held = 0;
    let isParsed = false;
    const parsed = (): void => {
      if (isParsed) return;
      isParsed = true;
      usage.forms--;
      this.meanSeconds += SMOOTHING * ((performance.now() - since) / 1000 - this.meanSeconds);
    };
    return {
      hold: (bytes) => {
        const others = usage.bytes - held;
        if (others > 0 && usage.bytes + bytes > this.share(FORM_BOUNDS.bytes, FORM_BOUNDS.bytesOfKey)) {
          throw this.error(`The forms of this API key hold ${String(Math.floor(usage.bytes / MIB))} MiB of memory.`);
        }
        usage.bytes += bytes;
        held += bytes;
      },
      parsed,
      leave: () => {
        parsed();
        usage.bytes -= held;
        held = 0;
        if (usage.forms === 0 && usage.bytes === 0) this.usage.delete(keyId);
      },
    };
  }

  private share(all: number, most: number): number {
    return Math.min(most, Math.max(1, Math.floor(all / this.usage.size)));
  }

  private error(message: string): ParleyError {
    return new ParleyError('overloaded', `${message} Send the next when one is done.`, {
      retryAfterSeconds: Math.max(1, Math.ceil(this.meanSeconds)),
    });
  }
}
