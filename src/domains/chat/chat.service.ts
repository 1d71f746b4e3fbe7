import { Injectable } from '@nestjs/common';
import { GenerateService } from '../generate/generate.service.js';
import type { PlainChunks, TextAnswer } from '../generate/text-answer.js';
import { questionAbout } from '../generate/picture-question.js';
import type { Caller } from '../../inference/caller.js';
import { InferenceService } from '../../inference/inference.service.js';
import type {
  ChatMessage,
  PicturePrompt,
  Prompt,
  TextFinished,
  TextPiece,
  VisionMessage,
} from '../../inference/text-tasks.js';
import { ConversationStore, type ConversationKey } from './conversation.store.js';

export interface Question {
  readonly model: string;
  readonly session: string;
  readonly prompt: string;
  readonly maxTokens: number;
  /** Picture files that the question is about. The history keeps what was said of them, not the pictures. */
  readonly images?: readonly Uint8Array[];
}

/** Conversations that the service remembers: question and answer join the history once the answer is complete. */
@Injectable()
export class ChatService {
  constructor(
    private readonly store: ConversationStore,
    private readonly generate: GenerateService,
    private readonly inference: InferenceService,
  ) {}

  /** Asks within the conversation. Turns that no longer fit the context are left out of this prompt, and counted. */
  async ask(question: Question, caller: Caller, signal: AbortSignal): Promise<TextAnswer<PlainChunks>> {
    const key = this.keyOf(question.model, question.session, caller);
    const { systemPrompt, turns } = await this.store.read(key);
    const asked: ChatMessage = { role: 'user', content: question.prompt };
    const system: ChatMessage[] = systemPrompt === null ? [] : [{ role: 'system', content: systemPrompt }];
    const answer = await this.generate.generate(
      {
        model: key.model,
        prompt: promptOf([...system, ...turns], asked, question.images ?? []),
        sampling: {},
        maxTokens: question.maxTokens,
        overflow: 'drop-oldest',
      },
      caller,
      signal,
    );
    return { ...answer, chunks: this.remembering(key, asked, answer.chunks) };
  }

  /** Empties the history; the system prompt stays. Throws `model_not_found`. */
  clear(model: string, session: string, caller: Caller): Promise<void> {
    return this.store.clearTurns(this.keyOf(model, session, caller));
  }

  /** Replaces the system prompt. Throws `model_not_found`. */
  setSystemPrompt(model: string, session: string, text: string, caller: Caller): Promise<void> {
    return this.store.setSystemPrompt(this.keyOf(model, session, caller), text);
  }

  private keyOf(model: string, session: string, caller: Caller): ConversationKey {
    return { keyId: caller.keyId, session, model: this.inference.catalogue.find(model).id };
  }

  /** The exchange is stored before the reader is told that the answer is complete. */
  private async *remembering(
    key: ConversationKey,
    asked: ChatMessage,
    chunks: AsyncIterable<TextPiece | TextFinished>,
  ): AsyncGenerator<TextPiece | TextFinished, void> {
    let text = '';
    for await (const chunk of chunks) {
      if (chunk.type === 'text') text += chunk.text;
      else await this.store.append(key, [asked, { role: 'assistant', content: text }]);
      yield chunk;
    }
  }
}

function promptOf(
  earlier: readonly ChatMessage[],
  asked: ChatMessage,
  images: readonly Uint8Array[],
): Prompt | PicturePrompt {
  if (images.length === 0) return { kind: 'messages', messages: [...earlier, asked] };
  const question = questionAbout(images, asked.content);
  return { ...question, messages: [...earlier.map((message) => inWords(message)), ...question.messages] };
}

function inWords({ role, content }: ChatMessage): VisionMessage {
  return { role, parts: [{ type: 'text', text: content }] };
}
