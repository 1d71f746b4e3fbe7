import { SchemaCheck } from '../../inference/json-schema/schema-check.js';
import { serveJobs } from '../../inference/threads/serve-jobs.js';
import type { SchemaText, ValidationJob } from './schema-validator.js';

/** The thread of `SchemaValidator`. Compiled validators are kept by their schema, in `SchemaCheck`. */
serveJobs((input): string | null => {
  const job = input as ValidationJob;
  if (job.do === 'validate') return checkOf(job.schema).problemOf(job.text);
  job.schemas.forEach(checkOf);
  return null;
});

function checkOf({ schema, param }: SchemaText): SchemaCheck {
  return SchemaCheck.of(JSON.parse(schema) as unknown, param);
}
