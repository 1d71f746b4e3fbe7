import { InitError } from '../../engine.js';
import { textOf, type Json } from '../../onnx/json.js';

/** The files that say how a processor words its prompts. */
export interface ProcessorConfigs {
  readonly processor: Json;
  readonly tokenizer: Json;
}

/** How a processor class of transformers.js is to be called. */
export interface ProcessorTraits {
  /** Whether pictures come before the prompt in its call. */
  readonly imagesFirst: boolean;
  /** Whether a conversation may show more than one picture. */
  readonly severalPictures: boolean;
  /** Files that its loading reads besides preprocessor_config.json. */
  readonly files: readonly string[];
  /** What stands for a picture in a rendered prompt. */
  readonly placeholder: (configs: ProcessorConfigs) => string;
}

const PROCESSOR_CONFIG = ['processor_config.json'] as const;

const IDEFICS: ProcessorTraits = {
  imagesFirst: false,
  severalPictures: true,
  files: PROCESSOR_CONFIG,
  placeholder: () => '<image>',
};

const QWEN: ProcessorTraits = {
  imagesFirst: false,
  severalPictures: true,
  files: [],
  placeholder: () => '<|image_pad|>',
};

const TRAITS: Readonly<Record<string, ProcessorTraits>> = {
  Idefics3Processor: IDEFICS,
  SmolVLMProcessor: IDEFICS,
  Qwen2VLProcessor: QWEN,
  Qwen2_5_VLProcessor: QWEN,
  Qwen3VLProcessor: QWEN,
  Glm46VProcessor: { ...QWEN, placeholder: () => '<|image|>' },
  LlavaProcessor: {
    imagesFirst: true,
    severalPictures: true,
    files: PROCESSOR_CONFIG,
    placeholder: ({ processor }) => textOf(processor.image_token) ?? '<image>',
  },
  PixtralProcessor: {
    imagesFirst: true,
    severalPictures: false, // it expands the first placeholder only, and takes pictures of one size only
    files: PROCESSOR_CONFIG,
    placeholder: ({ processor }) => textOf(processor.image_token) ?? '[IMG]',
  },
  PaliGemmaProcessor: { imagesFirst: true, severalPictures: true, files: [], placeholder: () => '<image>' },
  Lfm2VlProcessor: {
    imagesFirst: true,
    severalPictures: true,
    files: [],
    placeholder: () => '<image>',
  },
  Gemma3Processor: {
    imagesFirst: false,
    severalPictures: true,
    files: [...PROCESSOR_CONFIG, 'chat_template.jinja'],
    placeholder: ({ tokenizer }) => textOf(tokenizer.boi_token) ?? '<start_of_image>',
  },
  Gemma3nProcessor: {
    imagesFirst: false,
    severalPictures: true,
    files: [...PROCESSOR_CONFIG, 'chat_template.jinja'],
    placeholder: ({ tokenizer }) => textOf(tokenizer.image_token) ?? '<image_soft_token>',
  },
};

/** Throws {@link InitError} for a processor that cannot be driven. */
export function traitsOf(processorClass: string | undefined): ProcessorTraits {
  const traits = processorClass === undefined ? undefined : TRAITS[processorClass];
  if (traits !== undefined) return traits;
  const names = Object.keys(TRAITS).join(', ');
  const what =
    processorClass === undefined ? 'names no processor_class' : `names the processor_class "${processorClass}"`;
  throw new InitError('invalid-file', `its preprocessor_config.json ${what}; supported are ${names}`);
}
