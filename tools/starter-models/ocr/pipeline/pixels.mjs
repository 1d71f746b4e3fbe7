import sharp from 'sharp';

/** A picture as interleaved sRGB bytes `{ data, width, height }`. */
export async function readPicture(input) {
  const raw = sharp(input).removeAlpha().toColourspace('srgb').raw();
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export async function resize({ data, width, height }, toWidth, toHeight) {
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  const resized = await picture.resize(toWidth, toHeight, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  return { data: resized, width: toWidth, height: toHeight };
}

/** Planes in BGR order, (v / 255 - mean) / std, padded at the right with zeros after normalising. */
export function toPlanes({ data, width, height }, mean, std, paddedWidth = width) {
  const planes = new Float32Array(3 * height * paddedWidth);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * height + y) * paddedWidth;
      for (let x = 0; x < width; x++) {
        const value = data[(y * width + x) * 3 + 2 - channel] / 255;
        planes[row + x] = (value - mean[channel]) / std[channel];
      }
    }
  }
  return planes;
}

/** The part of a picture inside a quadrilateral (clockwise from the top left), upright, bilinearly sampled. */
export function cropQuad({ data, width, height }, [topLeft, topRight, bottomRight, bottomLeft]) {
  const length = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const cropWidth = Math.max(1, Math.round(Math.max(length(topLeft, topRight), length(bottomLeft, bottomRight))));
  const cropHeight = Math.max(1, Math.round(Math.max(length(topLeft, bottomLeft), length(topRight, bottomRight))));
  const crop = Buffer.alloc(cropWidth * cropHeight * 3);
  for (let y = 0; y < cropHeight; y++) {
    for (let x = 0; x < cropWidth; x++) {
      const [u, v] = [(x + 0.5) / cropWidth, (y + 0.5) / cropHeight];
      const at = (axis) =>
        (1 - v) * ((1 - u) * topLeft[axis] + u * topRight[axis]) +
        v * ((1 - u) * bottomLeft[axis] + u * bottomRight[axis]);
      sample(data, width, height, at(0) - 0.5, at(1) - 0.5, crop, (y * cropWidth + x) * 3);
    }
  }
  return { data: crop, width: cropWidth, height: cropHeight };
}

function sample(data, width, height, x, y, target, offset) {
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
  const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
  const [fx, fy] = [cx - x0, cy - y0];
  for (let c = 0; c < 3; c++) {
    const value = (px, py) => data[(py * width + px) * 3 + c];
    const upper = value(x0, y0) * (1 - fx) + value(x1, y0) * fx;
    const lower = value(x0, y1) * (1 - fx) + value(x1, y1) * fx;
    target[offset + c] = Math.round(upper * (1 - fy) + lower * fy);
  }
}
