import type { FieldIssue, ParleyError } from '../../inference/errors.js';
import type { ErrorRenderer } from '../../http/routing/dialect.js';

interface FastApiIssue {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

function issueOf({ path, message, rule }: FieldIssue): FastApiIssue {
  return { loc: ['body', ...path], msg: rule === 'missing' ? 'Field required' : message, type: rule };
}

/** FastAPI takes a body of another type for one that fails validation. */
function issuesOf(error: ParleyError): readonly FieldIssue[] | null {
  if (error.code === 'validation') return error.issues;
  if (error.code === 'unsupported_media') return [{ path: [], message: error.message, rule: 'model_attributes_type' }];
  return null;
}

/** `{"detail": …}`: FastAPI's list for anything wrong with the body, with 422; else a sentence. */
export const renderMlBackendError: ErrorRenderer = (error, status) => {
  const issues = issuesOf(error);
  if (issues !== null) return { status: 422, body: { detail: issues.map(issueOf) } };
  return { status, body: { detail: error.message } };
};
