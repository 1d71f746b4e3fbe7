import { createEncoder, fileRate } from '../../audio/encoders.js';
import { prepared, silence } from '../../audio/joins.js';
import { ParleyError } from '../../errors.js';
import type { SpeechChunk, TextToSpeechTask } from '../../speech-tasks.js';
import { utterancesOf, type Pause } from './text/speech-text.js';
import type { Voice } from './voice.js';

/** Seconds of silence at a voice's own pace. */
const PAUSES: Readonly<Record<Pause, number>> = { clause: 0.12, sentence: 0.35, paragraph: 0.7 };

export interface SpeechRun {
  readonly voice: Voice;
  readonly task: TextToSpeechTask;
  readonly signal: AbortSignal;
  /** Asked between any two steps that block. Throws when nobody waits any more. */
  readonly checkpoint: () => Promise<void>;
}

/** A text as sound, sentence by sentence: each goes out as soon as it is made. */
export async function* speak({ voice, task, signal, checkpoint }: SpeechRun): AsyncGenerator<SpeechChunk> {
  const speaker = voice.speaker(task.speaker);
  if (task.speed !== 1 && !voice.hasSpeed) {
    throw new ParleyError('invalid_request', 'This voice has one pace alone: leave "speed" away.', { param: 'speed' });
  }
  const utterances = await utterancesOf(task.text, speaker);
  const sentences = utterances.length;
  const encoder = await createEncoder(task.format, voice.sampleRate);
  try {
    const sampleRate = fileRate(task.format, voice.sampleRate);
    yield { type: 'speech', sentences, sampleRate, speaker: speaker.name };
    for (const [index, { text, pause }] of utterances.entries()) {
      await checkpoint();
      const raw = await voice.say({ text, speaker, speed: task.speed, signal });
      await checkpoint();
      const sound = prepared(raw, voice.sampleRate);
      const last = index === sentences - 1;
      const gap = silence(last ? 0 : PAUSES[pause] / task.speed, voice.sampleRate);
      const parts = [
        ...(index === 0 ? [encoder.header()] : []),
        encoder.encode(sound),
        encoder.encode(gap),
        ...(last ? [encoder.end()] : []),
      ];
      const seconds = (sound.length + gap.length) / voice.sampleRate;
      yield { type: 'audio', sentence: index + 1, sentences, bytes: Buffer.concat(parts), seconds };
    }
    yield { type: 'finished', finishReason: 'stop', promptTokens: 0, completionTokens: 0 };
  } finally {
    encoder.close();
  }
}
