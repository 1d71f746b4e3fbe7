import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN } from '../../config/config.module.js';
import type { Settings } from '../../config/settings.js';
import type { Caller } from '../../inference/caller.js';
import { speaks, type RunnableModel } from '../../inference/catalogue/model-entry.js';
import { ParleyError } from '../../inference/errors.js';
import { InferenceService } from '../../inference/inference.service.js';
import type { AudioFormat, SpeechChunk, SpeechPiece } from '../../inference/speech-tasks.js';
import { LifecycleService } from '../lifecycle/lifecycle.service.js';
import { voiceChoice } from './voice-choice.js';

export interface SpeechRequest {
  /** Absent: the default model. */
  readonly model?: string | undefined;
  /** A speaker of the model, or a model, or `model/speaker`. Absent: the model's own. */
  readonly voice?: string | undefined;
  readonly text: string;
  /** 1 is the voice's own pace. */
  readonly speed: number;
  readonly format: AudioFormat;
}

/** A text that is being spoken: its first sentence is there. */
export interface Speech {
  /** `model`, or `model/speaker`. */
  readonly voice: string;
  /** Their bytes, one after the other, are the file. */
  readonly pieces: AsyncIterable<SpeechPiece>;
}

/** Reading texts aloud. */
@Injectable()
export class SpeechService {
  constructor(
    private readonly inference: InferenceService,
    private readonly lifecycle: LifecycleService,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'defaultSpeechModel'>,
  ) {}

  /**
   * The model and the speaker that a request asks for. Throws `model_not_found`, `forbidden` for a heavy model that this
   * version hides, and `invalid_request` for one that does not speak.
   */
  speakerFor({ model, voice }: Pick<SpeechRequest, 'model' | 'voice'>): {
    readonly model: RunnableModel;
    readonly speaker: string | undefined;
  } {
    const choice = voiceChoice(model, voice, (name) => this.isVoice(name));
    const name = choice.model ?? this.settings.defaultSpeechModel;
    this.lifecycle.checkLaunch(name);
    const entry = this.inference.catalogue.findRunnable(name);
    if (speaks(entry)) return { model: entry, speaker: choice.speaker };
    throw new ParleyError('invalid_request', `The model "${name}" does not speak.`, { param: 'model' });
  }

  /** Resolves once the first sentence is spoken. The signal ends the rest wherever it is. */
  async speak(request: SpeechRequest, caller: Caller, signal: AbortSignal): Promise<Speech> {
    const { model, speaker } = this.speakerFor(request);
    const { text, speed, format } = request;
    const task = { kind: 'text-to-speech', model: model.id, text, speed, format, sampling: {} } as const;
    const chunks = this.inference.run<'text-to-speech'>(
      speaker === undefined ? task : { ...task, speaker },
      caller,
      signal,
    );
    const [started, first] = [await chunks.next(), await chunks.next()];
    if (started.done === true || started.value.type !== 'speech') throw new Error('a speech began without its start');
    if (first.done === true || first.value.type !== 'audio') throw new Error('a speech has no sound');
    const { speaker: name } = started.value;
    return {
      voice: name === null ? model.id : `${model.id}/${name}`,
      pieces: piecesOf(first.value, chunks),
    };
  }

  private isVoice(name: string): boolean {
    try {
      return speaks(this.inference.catalogue.find(name));
    } catch {
      return false;
    }
  }
}

async function* piecesOf(first: SpeechPiece, rest: AsyncGenerator<SpeechChunk, void>): AsyncGenerator<SpeechPiece> {
  try {
    yield first;
    for await (const chunk of rest) if (chunk.type === 'audio') yield chunk;
  } finally {
    await rest.return();
  }
}
