import type { FieldIssue } from '../../inference/errors.js';
import type { ErrorRenderer } from '../dialect.js';

interface FastApiIssue {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

function issueOf({ path, message, rule }: FieldIssue): FastApiIssue {
  return { loc: ['body', ...path], msg: rule === 'missing' ? 'Field required' : message, type: rule };
}

/** Bodies that FastAPI refuses before any handler sees them: 422 with a list, not 400 with a sentence. */
function bodyIssue(message: string): FastApiIssue {
  return { loc: ['body'], msg: message, type: /JSON|UTF-8/.test(message) ? 'json_invalid' : 'value_error' };
}

/** `{"detail": …}`: a sentence, or FastAPI's list for anything wrong with the body. */
export const renderMlBackendError: ErrorRenderer = (error, status) => {
  if (error.code === 'validation') return { status: 422, body: { detail: error.issues.map(issueOf) } };
  if (
    error.code === 'unsupported_media' ||
    (error.code === 'invalid_request' && error.param === undefined && status === 400)
  ) {
    return { status: 422, body: { detail: [bodyIssue(error.message)] } };
  }
  return { status, body: { detail: error.message } };
};
