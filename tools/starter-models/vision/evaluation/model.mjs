/** starter-vision through transformers.js, as a service would run it. */
import { fileURLToPath } from 'node:url';
import {
  AutoModelForImageTextToText,
  AutoProcessor,
  InterruptableStoppingCriteria,
  TextStreamer,
  env,
} from '@huggingface/transformers';

env.allowRemoteModels = false;
env.useFSCache = false;

const FOLDER = fileURLToPath(new URL('../../../../models/starter/starter-vision', import.meta.url));
const LONGEST_ANSWER = 96;

/** @typedef {{ role: string, content: string | { type: string, text?: string }[] }} Message */

export class VisionModel {
  /** @param {string} folder */
  static async load(folder = FOLDER) {
    const options = { local_files_only: true, dtype: 'fp32', session_options: { intraOpNumThreads: 1 } };
    const processor = await AutoProcessor.from_pretrained(folder, options);
    return new VisionModel(processor, await AutoModelForImageTextToText.from_pretrained(folder, options));
  }

  constructor(processor, model) {
    this.processor = processor;
    this.model = model;
  }

  /** A message of the user with as many pictures as are said. */
  static asks(text, pictures = 1) {
    return { role: 'user', content: [...Array(pictures).fill({ type: 'image' }), { type: 'text', text }] };
  }

  /**
   * The greedy answer to a chat.
   * @param {Message[]} messages
   * @param {import("@huggingface/transformers").RawImage[]} images one for every `image` part
   * @param {{ stopAfter?: number }} options stops after so many tokens
   */
  async answer(messages, images = [], { stopAfter = Infinity } = {}) {
    const prompt = this.processor.apply_chat_template(messages, { add_generation_prompt: true });
    const inputs = images.length ? await this.processor(prompt, images) : this.processor.tokenizer(prompt);
    const stop = new InterruptableStoppingCriteria();
    let [streamed, tokens] = ['', 0];
    const streamer = new TextStreamer(this.processor.tokenizer, {
      skip_prompt: true,
      skip_special_tokens: true,
      callback_function: (text) => (streamed += text),
      token_callback_function: () => ++tokens >= stopAfter && stop.interrupt(),
    });
    const output = await this.model.generate({
      ...inputs,
      max_new_tokens: LONGEST_ANSWER,
      streamer,
      stopping_criteria: stop,
    });
    const added = output.slice(null, [inputs.input_ids.dims[1], null]);
    const [text] = this.processor.batch_decode(added, { skip_special_tokens: true });
    return { text, streamed, tokens };
  }

  dispose() {
    return this.model.dispose();
  }
}
