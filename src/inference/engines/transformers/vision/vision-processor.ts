import { AutoProcessor, type Processor, type RawImage, type Tensor } from '@huggingface/transformers';
import { ParleyError } from '../../../errors.js';
import { InitError } from '../../engine.js';
import { jsonOf, numberOf, textOf, type Json } from '../../onnx/json.js';
import type { LoadOptions } from '../load-options.js';
import type { ModelPlan } from '../model-plan.js';
import { decoding } from '../tokens/tokenizer-decoding.js';
import { GuardedTokenizer, specialTexts } from './guarded-tokenizer.js';
import { textInputs, type ModelInputs } from './model-inputs.js';
import { boundPictures, type PictureSettings } from './picture-budget.js';
import { onePictureAtATime } from './picture-grids.js';
import { traitsOf, type ProcessorTraits } from './processor-traits.js';

const LLAVA = 'LlavaProcessor';
/** Splitting shows more detail, for up to 17 times the tokens: out of reach on a CPU. */
const OPTIONS = { do_image_splitting: false };

type ProcessorCall = (first: unknown, second: unknown, options?: object) => Promise<ModelInputs>;
type ImageProcessor = ((images: unknown) => Promise<ModelInputs>) & PictureSettings;

/** Makes the model's inputs of a rendered prompt and its pictures, by the processor that the model names. */
export class VisionProcessor {
  private constructor(
    private readonly processor: Processor,
    private readonly traits: ProcessorTraits & { readonly processorClass: string },
    readonly placeholder: string,
    readonly tokenizer: GuardedTokenizer,
    readonly decoder: ReturnType<typeof decoding>,
  ) {}

  /** Throws {@link InitError} for a processor that is not supported, or whose files are missing. */
  static async load(plan: ModelPlan, options: LoadOptions): Promise<VisionProcessor> {
    const { folder } = plan;
    const processorClass = textOf(folder.json('preprocessor_config.json').processor_class) ?? '';
    const traits = traitsOf(processorClass === '' ? undefined : processorClass);
    folder.require(traits.files);
    const configs = {
      processor: folder.optionalJson('processor_config.json'),
      tokenizer: folder.json('tokenizer_config.json'),
    };
    const placeholder = traits.placeholder(configs);
    const processor = await AutoProcessor.from_pretrained(folder.path, options);
    const { tokenizer, image_processor } = processor;
    if (tokenizer === undefined || image_processor === undefined) {
      throw new InitError('invalid-file', `its ${processorClass} has no tokenizer or no image processor`);
    }
    boundPictures(image_processor as PictureSettings, plan.context.size);
    const guarded = new GuardedTokenizer(tokenizer, [...specialTexts(folder.json('tokenizer.json')), placeholder]);
    // The processor calls its tokenizer with the whole prompt: it is given one that knows the guard's marks.
    processor.components.tokenizer = new Proxy(tokenizer, {
      apply: (_, __, [text]: [string | string[]]) =>
        textInputs(guarded.encode(Array.isArray(text) ? text.join('') : text)),
    });
    const settings = image_processor as unknown as ImageProcessor;
    if (settings.merge_size !== undefined) processor.components.image_processor = onePictureAtATime(settings);
    return new VisionProcessor(processor, { ...traits, processorClass }, placeholder, guarded, decoding(tokenizer));
  }

  /** Throws `invalid_request` for more pictures than the model can be shown. */
  async inputs(prompt: string, images: readonly RawImage[]): Promise<ModelInputs> {
    if (images.length === 0) return textInputs(this.tokenizer.encode(prompt));
    if (images.length > 1 && !this.traits.severalPictures) {
      throw new ParleyError('invalid_request', 'This model takes one picture in a conversation.', { param: 'images' });
    }
    if (this.traits.processorClass === LLAVA) return this.llavaInputs(prompt, images);
    const call = this.processor as unknown as ProcessorCall;
    return this.traits.imagesFirst ? call([...images], prompt) : call(prompt, [...images], OPTIONS);
  }

  /** LlavaProcessor itself unfolds the first picture's place only. */
  private async llavaInputs(prompt: string, images: readonly RawImage[]): Promise<ModelInputs> {
    const pictures = await (this.processor.image_processor as unknown as ImageProcessor)([...images]);
    const count = llavaTokens(pictures.pixel_values, jsonOf(this.processor.config));
    const unfolded = prompt.replaceAll(this.placeholder, this.placeholder.repeat(count));
    return { ...pictures, ...textInputs(this.tokenizer.encode(unfolded)) };
  }
}

/** Tokens that each picture unfolds to; pixels are [pictures, 3, height, width]. */
function llavaTokens(pixels: Tensor | undefined, config: Json): number {
  const [height = 0, width = 0] = pixels?.dims.slice(-2) ?? [];
  const patch = numberOf(config.patch_size);
  if (patch === undefined) throw new Error('processor_config.json has no patch_size');
  const more = numberOf(config.num_additional_image_tokens) ?? 0;
  return Math.floor(height / patch) * Math.floor(width / patch) + more;
}
