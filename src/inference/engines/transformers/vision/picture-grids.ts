import { cat, Tensor } from '@huggingface/transformers';

/** What Qwen's processors make of a picture: its patches row by row, and [time, height, width] in patches. */
interface GridInputs {
  readonly pixel_values: Tensor;
  readonly image_grid_thw: Tensor;
}

type ImageProcessor = (images: unknown, ...more: unknown[]) => Promise<Readonly<Record<string, unknown>>>;

function isGrid(inputs: Readonly<Record<string, unknown>>): inputs is Readonly<Record<string, unknown>> & GridInputs {
  return inputs.pixel_values instanceof Tensor && inputs.image_grid_thw instanceof Tensor;
}

/**
 * Has several pictures processed one by one: transformers.js takes two of one size for the frames of a video, and fails
 * for two of different sizes.
 */
export function onePictureAtATime<Processor extends ImageProcessor>(processor: Processor): Processor {
  return new Proxy(processor, {
    apply: async (target, _, [images, ...more]: [unknown, ...unknown[]]) => {
      if (!Array.isArray(images) || images.length < 2) return target(images, ...more);
      const results: GridInputs[] = [];
      for (const image of images) {
        const result = await target([image], ...more);
        if (!isGrid(result)) throw new Error('the image processor made no grid');
        results.push(result);
      }
      return {
        pixel_values: cat(results.map((result) => result.pixel_values)),
        image_grid_thw: cat(results.map((result) => result.image_grid_thw)),
      };
    },
  });
}

/** Has pictures encoded one by one: not every export of a vision encoder keeps several apart. */
export async function encodeEach(
  { pixel_values, image_grid_thw }: GridInputs,
  encode: (inputs: GridInputs) => Promise<Tensor>,
): Promise<Tensor> {
  const grids = image_grid_thw.tolist() as bigint[][];
  const features: Tensor[] = [];
  let row = 0;
  for (const grid of grids) {
    const patches = Number(grid.reduce((product, side) => product * side, 1n));
    features.push(
      await encode({
        pixel_values: pixel_values.slice([row, row + patches]),
        image_grid_thw: new Tensor('int64', BigInt64Array.from(grid), [1, grid.length]),
      }),
    );
    row += patches;
  }
  return cat(features);
}
