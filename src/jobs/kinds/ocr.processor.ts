import { UploadStore } from '../../storage/files/upload-store.js';
import { OcrService } from '../../domains/ocr/ocr.service.js';
import { JobMeter } from '../core/job-meter.js';
import { JobProcessor, workerOptions, type JobTools } from '../core/job.processor.js';
import type { OcrPayload, OcrResult } from './kinds.js';
import { WorksOn } from '../core/processor-census.js';
import { RunningJobs } from '../core/running-jobs.js';

/** Reads the text off one file. */
@WorksOn('ocr', workerOptions('ocr'))
export class OcrProcessor extends JobProcessor<'ocr'> {
  constructor(
    running: RunningJobs,
    meter: JobMeter,
    private readonly uploads: UploadStore,
    private readonly ocr: OcrService,
  ) {
    super('ocr', running, meter);
  }

  protected override async work(payload: OcrPayload, { signal, keyId, recorder }: JobTools<'ocr'>): Promise<OcrResult> {
    const { file, model, language, dialect } = payload;
    const began = performance.now();
    const image = await this.uploads.get(file);
    const reading = await this.ocr.read(
      { image, model: model ?? undefined, language: language ?? undefined },
      { keyId, dialect, priority: 'batch', recorder },
      signal,
    );
    return { text: reading.text, model: reading.model, seconds: (performance.now() - began) / 1000 };
  }
}
