import { Crc } from '../crc.js';

const PAGE_HEAD_BYTES = 27;
const CHECKSUM_AT = 22;
const MAX_LACING = 255;
const CRC32 = new Crc(32, 0x04c11db7);
/** Any number will do where a file holds one stream; always the same one keeps equal speech equal bytes. */
const SERIAL = 1;

const FIRST = 2;
const LAST = 4;

/** Packets as pages of an Ogg file, RFC 3533. */
export class OggStream {
  private pages = 0;

  /** @param position Samples that are complete with this page, by the codec's clock. */
  page(packets: readonly Uint8Array[], position: number, last = false): Uint8Array {
    const lacing = packets.flatMap(({ length }) => [
      ...Array<number>(Math.floor(length / MAX_LACING)).fill(MAX_LACING),
      length % MAX_LACING,
    ]);
    const head = Buffer.alloc(PAGE_HEAD_BYTES);
    head.write('OggS', 0, 'latin1');
    head.writeUInt8((this.pages === 0 ? FIRST : 0) | (last ? LAST : 0), 5);
    head.writeBigUInt64LE(BigInt(position), 6);
    head.writeUInt32LE(SERIAL, 14);
    head.writeUInt32LE(this.pages++, 18);
    head.writeUInt8(lacing.length, 26);
    const page = Buffer.concat([head, Buffer.from(lacing), ...packets]);
    page.writeUInt32LE(CRC32.of(page), CHECKSUM_AT);
    return page;
  }
}
