import { childIdOf } from '../core/job-identity.js';
import { JobMeter } from '../core/job-meter.js';
import { JobProcessor, workerOptions, type JobTools } from '../core/job.processor.js';
import type { BatchOcrPayload, BatchOcrResult, FileOutcome, OcrResult } from './kinds.js';
import { WorksOn } from '../core/processor-census.js';
import { RunningJobs } from '../core/running-jobs.js';

/** Puts together what the jobs of its files left, in the order in which they were sent. */
@WorksOn('batch-ocr', workerOptions('batch-ocr'))
export class BatchOcrProcessor extends JobProcessor<'batch-ocr'> {
  constructor(running: RunningJobs, meter: JobMeter) {
    super('batch-ocr', running, meter);
  }

  protected override async work(
    { files }: BatchOcrPayload,
    { id, outcomes, report }: JobTools<'batch-ocr'>,
  ): Promise<BatchOcrResult> {
    const ended = await outcomes<OcrResult>();
    const results = files.map(({ name, refused }, index): FileOutcome => {
      if (refused !== null) return { name, error: refused };
      const outcome = ended.get(childIdOf('ocr', id, index));
      if (outcome?.state === 'completed') return { name, text: outcome.result.text, seconds: outcome.result.seconds };
      return { name, error: outcome?.failure.message ?? 'The file was not read.' };
    });
    report(files.length, files.length, 'files');
    return { results };
  }
}
