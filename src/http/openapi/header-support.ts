import { elsewhere, honoured, type Support } from './parameter-support.js';

/** Headers of long routes, the same in every dialect. */
export const HEADERS: Readonly<Record<string, Support>> = {
  Prefer: honoured([elsewhere('test/contract/images-jobs.test.ts')]),
  'Idempotency-Key': honoured([elsewhere('test/contract/jobs-keys.test.ts')]),
};
