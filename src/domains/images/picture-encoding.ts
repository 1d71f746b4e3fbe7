import sharp from 'sharp';

export const PICTURE_TYPES = ['png', 'jpeg', 'webp'] as const;

/** How a picture is handed out. Only PNG says in its text chunk what it was made with. */
export interface PictureEncoding {
  readonly type: (typeof PICTURE_TYPES)[number];
  /** 1 to 100, of JPEG and WebP; null: the encoder's own. */
  readonly quality: number | null;
}

export const AS_PNG: PictureEncoding = { type: 'png', quality: null };

/** A PNG of our own in another format. */
export async function encoded(png: Uint8Array, { type, quality }: PictureEncoding): Promise<Uint8Array> {
  if (type === 'png') return png;
  return sharp(png)
    .toFormat(type, quality === null ? {} : { quality })
    .toBuffer();
}
