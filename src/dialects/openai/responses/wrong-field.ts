import { ParleyError } from '../../../inference/errors.js';

/** The error that stands for a field with a wrong value; `param` leads to it, as in `input.0.role`. */
export function wrong(param: string, why: string): ParleyError {
  return new ParleyError('invalid_request', `"${param}" ${why}.`, { param });
}
