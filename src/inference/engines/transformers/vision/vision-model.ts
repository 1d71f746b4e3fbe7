import { ParleyError } from '../../../errors.js';
import type { ContextFacts } from '../../../runners/protocol.js';
import type { Sampling } from '../../../task-basics.js';
import type { Task, TaskKind } from '../../../tasks.js';
import type { ImageTextTask, PictureSeen, Prompt, TextGenerationTask } from '../../../text-tasks.js';
import type { RunSink } from '../../engine.js';
import { answerRoom, contextExceeded } from '../../text/conversation-fit.js';
import type { Preparation } from '../../text/preparation/preparations.js';
import { TokenLimitError } from '../../text/preparation/sliced-tokenizer.js';
import type { LoadedModel } from '../loaded-model.js';
import type { RunControl } from '../../onnx/run-control.js';
import { SeededRandom } from '../../random/seeded-random.js';
import { TokenChooser } from '../sampling/token-chooser.js';
import type { ModelTokens } from '../../text/tokens/model-tokens.js';
import { AnswerStream } from './answer-stream.js';
import type { ChatTemplate } from './chat-template.js';
import { bindPictures, messagesOf, picturesOf, withParts, type BoundMessage } from './conversation.js';
import { textInputs, tokensIn, tokensOf, type ModelInputs } from './model-inputs.js';
import { fitConversation, type FittedConversation, type PromptMaker } from './prompt-fit.js';
import { decodePictures, type ShownPicture } from './raw-pictures.js';
import { pictureTokens } from './picture-tokens.js';
import { refuseWishes } from './refused-wishes.js';
import type { TokenSource } from './token-source.js';
import type { VisionProcessor } from './vision-processor.js';

export interface VisionParts {
  readonly source: TokenSource;
  readonly processor: VisionProcessor;
  readonly template: ChatTemplate;
  readonly context: ContextFacts;
  /** What pictures unfold to in a prompt; undefined when config.json does not say. */
  readonly imageToken: number | undefined;
  /** Tokens that end an answer. */
  readonly endTokens: ReadonlySet<number>;
  /** How the model wants to be sampled where a request does not say. */
  readonly sampling: Sampling;
}

type VisionPrompt = FittedConversation<ShownPicture, ModelInputs>;
type TextTask = ImageTextTask | TextGenerationTask;

/** A model that talks about pictures. */
export class VisionModel implements LoadedModel {
  readonly tasks: readonly TaskKind[] = ['image-text-to-text', 'text-generation'];
  readonly context: ContextFacts;
  readonly tokens: ModelTokens;

  constructor(private readonly parts: VisionParts) {
    this.context = parts.context;
    const { tokenizer, decoder } = parts.processor;
    this.tokens = {
      ...decoder,
      plain: (text, preparation) => tokenizer.plain(text, preparation),
      of: (prompt, preparation) => this.tokensOf(prompt, preparation),
    };
  }

  async run(task: Task, control: RunControl, sink: RunSink): Promise<void> {
    if (task.kind !== 'image-text-to-text' && task.kind !== 'text-generation') throw new Error('not for this model');
    refuseWishes(task);
    const prompt = await this.prompt(task, control);
    await control.turn();
    const { promptTokens, droppedMessages } = prompt;
    const shown = task.kind === 'image-text-to-text' && task.images.length > 0;
    const pictures = shown ? { pictures: this.picturesSeen(prompt) } : {};
    sink.chunk({ type: 'started', promptTokens, cachedTokens: 0, droppedMessages, ...pictures });
    await this.answer(prompt, task, control, sink);
  }

  private async prompt(task: TextTask, control: RunControl): Promise<VisionPrompt> {
    const messages = messagesOf(task);
    if (messages === null) return this.rawPrompt(task, control.preparation);
    const files = task.kind === 'image-text-to-text' ? task.images : [];
    const bound = bindPictures(messages, await decodePictures(files, control));
    const options = { overflow: task.overflow, maxTokens: task.maxTokens, contextSize: this.context.size };
    return fitConversation(bound, options, this.maker(control));
  }

  /** Tokenised as it stands: what looks like a special token is one. */
  private async rawPrompt(task: TextTask, preparation: Preparation): Promise<VisionPrompt> {
    const text = task.kind === 'text-generation' && task.prompt.kind === 'raw' ? task.prompt.text : '';
    const tokens = await this.rawTokens(text, preparation);
    preparation.endCostly();
    if (tokens.length === 0) throw new ParleyError('invalid_request', 'The prompt is empty.', { param: 'prompt' });
    const maxTokens = answerRoom(tokens.length, task.maxTokens, this.context.size);
    return { messages: [], inputs: textInputs(tokens), promptTokens: tokens.length, droppedMessages: 0, maxTokens };
  }

  private async rawTokens(text: string, preparation: Preparation): Promise<number[]> {
    const { size } = this.context;
    try {
      return await this.parts.processor.tokenizer.read(text, preparation, size);
    } catch (error) {
      throw error instanceof TokenLimitError ? contextExceeded(`at least ${String(error.atLeast)}`, size) : error;
    }
  }

  private maker(control: RunControl): PromptMaker<ShownPicture, ModelInputs> {
    const { processor } = this.parts;
    return {
      count: async (messages, limit) => {
        const prompt = await this.rendered(messages, control.preparation);
        return (await processor.tokenizer.read(prompt, control.preparation, limit)).length;
      },
      make: async (messages) => {
        await control.turn();
        const prompt = await this.rendered(messages, control.preparation);
        control.preparation.endCostly();
        const inputs = await processor.inputs(
          prompt,
          picturesOf(messages).map(({ image }) => image),
        );
        return { inputs, promptTokens: tokensIn(inputs) };
      },
    };
  }

  private rendered(messages: readonly BoundMessage<unknown>[], preparation: Preparation): Promise<string> {
    return this.parts.template.render(messages, preparation);
  }

  private async tokensOf(prompt: Prompt, preparation: Preparation): Promise<number[]> {
    const { tokenizer } = this.parts.processor;
    if (prompt.kind === 'raw') return tokenizer.read(prompt.text, preparation);
    const text = await this.rendered(bindPictures(withParts(prompt.messages), []), preparation);
    return tokenizer.read(text, preparation);
  }

  private picturesSeen({ messages, inputs }: VisionPrompt): PictureSeen[] {
    const pictures = picturesOf(messages);
    const tokens = pictureTokens(tokensOf(inputs), this.parts.imageToken, pictures.length);
    return pictures.map(({ width, height }, index) => ({ width, height, tokens: tokens[index] ?? 0 }));
  }

  private async answer(prompt: VisionPrompt, task: TextTask, control: RunControl, sink: RunSink): Promise<void> {
    const { source, processor, endTokens, sampling } = this.parts;
    const wanted = { ...sampling, ...task.sampling };
    const random = new SeededRandom(wanted.seed ?? Math.floor(Math.random() * Number.MAX_SAFE_INTEGER));
    const options = {
      promptTokens: prompt.promptTokens,
      stop: task.stop,
      endTokens,
      decode: processor.tokenizer.decode,
    };
    const stream = new AnswerStream(options, control, sink, () => source.stop());
    const chooser = new TokenChooser(wanted, () => random.next());
    await source.generate(prompt.inputs, { maxTokens: prompt.maxTokens, endTokens, chooser, control }, stream);
    stream.finish();
  }
}
