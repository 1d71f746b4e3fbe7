import { Readable } from 'node:stream';

/** Bytes that may wait for a slow reader before the runner is paused. */
const HIGH_WATER_MARK = 16 * 1024;

/** No cache and no ingress may hold a stream back. */
export const STREAM_HEADERS = { 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' } as const;

/**
 * A response body made of text pieces. The next piece is only asked for when the last one has left, so a slow reader
 * slows the model down instead of filling memory; a reader that leaves ends the iterator.
 */
export function textStream(pieces: AsyncIterable<string>): Readable {
  return Readable.from(pieces, { objectMode: false, highWaterMark: HIGH_WATER_MARK });
}
