import type { PicturePrompt } from '../../inference/text-tasks.js';

/** One question about pictures: they come first, as most models were trained. */
export function questionAbout(images: readonly Uint8Array[], text: string): PicturePrompt {
  const parts = [...images.map(() => ({ type: 'image' }) as const), { type: 'text', text } as const];
  return { kind: 'pictures', messages: [{ role: 'user', parts }], images };
}
