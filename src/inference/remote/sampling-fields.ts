import type { OmittableField, RemoteSource } from '../catalogue/remote-source.js';
import { ParleyError } from '../errors.js';
import type { JsonObject } from '../json-value.js';
import type { Sampling } from '../task-basics.js';

interface SamplingField {
  readonly from: keyof Sampling;
  /** What servers call it: some this, some that, and what they do not know they pass over. */
  readonly names: readonly OmittableField[];
  /** The value that changes nothing; absent: there is none. */
  readonly neutral?: number;
}

const FIELDS: readonly SamplingField[] = [
  { from: 'temperature', names: ['temperature'], neutral: 1 },
  { from: 'topP', names: ['top_p'], neutral: 1 },
  { from: 'topK', names: ['top_k'], neutral: 0 },
  { from: 'minP', names: ['min_p'], neutral: 0 },
  { from: 'seed', names: ['seed'] },
  { from: 'presencePenalty', names: ['presence_penalty'], neutral: 0 },
  { from: 'frequencyPenalty', names: ['frequency_penalty'], neutral: 0 },
  // vLLM's name, and that of llama-server and Parley.
  { from: 'repeatPenalty', names: ['repetition_penalty', 'repeat_penalty'], neutral: 1 },
];

/**
 * What was set, by the request or by the catalogue, in an upstream's own words. Throws `invalid_request` for what the entry
 * says to omit and what would have changed the answer.
 */
export function samplingFields(model: string, sampling: Partial<Sampling>, { omit }: RemoteSource): JsonObject {
  const fields: Record<string, number> = {};
  for (const { from, names, neutral } of FIELDS) {
    const value = sampling[from];
    if (value === undefined) continue;
    const sent = names.filter((name) => !omit.includes(name));
    if (sent.length === 0 && value !== neutral) throw notTaken(model, names.join(', '));
    for (const name of sent) fields[name] = value;
  }
  return fields;
}

function notTaken(model: string, field: string): ParleyError {
  return new ParleyError(
    'invalid_request',
    `The server that has "${model}" does not take ${field}: leave it out of the request.`,
    { param: field },
  );
}
