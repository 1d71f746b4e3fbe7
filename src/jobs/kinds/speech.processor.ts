import { AUDIO_FILE } from '../../storage/files/audio-files.js';
import { GeneratedFiles } from '../../storage/files/generated-files.js';
import { wavSizes } from '../../inference/audio/wav-sizes.js';
import { SpeechService } from '../../domains/speech/speech.service.js';
import { JobMeter } from '../core/job-meter.js';
import { JobProcessor, workerOptions, type JobTools } from '../core/job.processor.js';
import type { SpeechPayload, SpeechResult } from './kinds.js';
import { WorksOn } from '../core/processor-census.js';
import { RunningJobs } from '../core/running-jobs.js';

/** Reads a text aloud into a file. */
@WorksOn('speech', workerOptions('speech'))
export class SpeechProcessor extends JobProcessor<'speech'> {
  constructor(
    running: RunningJobs,
    meter: JobMeter,
    private readonly speech: SpeechService,
    private readonly files: GeneratedFiles,
  ) {
    super('speech', running, meter);
  }

  protected override async work(payload: SpeechPayload, tools: JobTools<'speech'>): Promise<SpeechResult> {
    const { text, speed, format, dialect } = payload;
    const { keyId, waits, recorder, signal, report } = tools;
    const { voice, pieces } = await this.speech.speak(
      { model: payload.model ?? undefined, voice: payload.voice ?? undefined, text, speed, format },
      { keyId, dialect, priority: waits ? 'interactive' : 'batch', recorder },
      signal,
    );
    let seconds = 0;
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces) {
        seconds += piece.seconds;
        report(piece.sentence, piece.sentences, 'sentences');
        yield piece.bytes;
      }
    }
    // While it was made nobody knew how long it would be.
    const sizes = format === 'wav' ? wavSizes : undefined;
    return { file: await this.files.write(bytes(), AUDIO_FILE[format], sizes), voice, seconds };
  }
}
