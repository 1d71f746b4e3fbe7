import { EgressNetworkError, EgressRefusedError } from '../egress/egress-errors.js';
import { ParleyError } from '../inference/errors.js';
import { HubAnswerError, StrangeAnswerError, WrongBytesError } from './hub-answer.js';
import type { HubConnection } from './hub-connection.js';
import { NoSuchFileError } from './hub-metadata.js';
import type { PullRequest } from './pull-plan.js';
import { storageError } from './storage-errors.js';

/** When a client may ask again where the hub gave no time, in seconds. */
const RETRY_AFTER_SECONDS = 60;

interface Context {
  readonly hub: HubConnection;
  readonly request: PullRequest;
  /** ms of the epoch. */
  readonly now: number;
}

/** Makes of whatever a pull threw what a client is told. */
export function toPullError(error: unknown, context: Context): ParleyError {
  if (error instanceof ParleyError) return error;
  const { hub, request } = context;
  const details = { cause: error };
  if (error instanceof HubAnswerError) return answerError(error, context);
  if (error instanceof NoSuchFileError) return noSuchFile(error.file, context, error);
  if (error instanceof WrongBytesError) {
    const message = `The bytes that ${hub.host} sent for "${error.file}" do not match its digest: nothing was installed. Pull again, and look after the hub or mirror if it stays so.`;
    return new ParleyError('model_load_failed', message, details);
  }
  if (error instanceof EgressRefusedError) {
    const message = `The download of "${request.repo}" leads to ${error.host}, which is no public host: if it is yours, add it to EGRESS_ALLOW, or set HF_ENDPOINT to it.`;
    return new ParleyError('forbidden', message, details);
  }
  if (error instanceof EgressNetworkError) {
    const message = `The model hub ${hub.host} could not be reached: ${error.message}. Try again later.`;
    return new ParleyError('overloaded', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
  }
  if (error instanceof StrangeAnswerError) return strange(hub, error);
  return storageError(error) ?? new ParleyError('internal', 'The download failed for an unknown reason.', details);
}

function strange(hub: HubConnection, cause: Error): ParleyError {
  return new ParleyError('internal', `${hub.host} does not answer as a model hub does: check HF_ENDPOINT.`, { cause });
}

function noSuchFile(file: string, { hub, request }: Context, cause: Error): ParleyError {
  const at = request.revision === null ? '' : ` at revision "${request.revision}"`;
  const message = `There is no file "${file}" in "${request.repo}"${at} on ${hub.host}: check the spelling.`;
  return new ParleyError('model_not_found', message, { cause });
}

/** The hub answers 401 without a token for what is missing, private and gated alike; its error code may tell more. */
function answerError(error: HubAnswerError, context: Context): ParleyError {
  const { hub, request } = context;
  const { status, code } = error;
  const details = { cause: error };
  // What another host says is nothing about the repository.
  if (error.answerer === 'elsewhere') return inTrouble(error, context);
  if (code === 'GatedRepo') return gated(context, error);
  // The token goes with no redirect.
  const hadToken = hub.hasToken && error.answerer === 'hub';
  if (status === 401 && hadToken && (error.refusesToken || code === null)) {
    const message = `${hub.host} does not accept HF_TOKEN: it is wrong or has expired. Set HF_TOKEN to a valid one.`;
    return new ParleyError('forbidden', message, details);
  }
  if (status === 403) return gated(context, error);
  if (code === 'RevisionNotFound') {
    const message = `"${request.repo}" has no revision "${request.revision ?? 'main'}" on ${hub.host}: check the spelling.`;
    return new ParleyError('model_not_found', message, details);
  }
  if (status === 404 && error.file !== null && code !== 'RepoNotFound') return noSuchFile(error.file, context, error);
  if (status === 401 || status === 404) {
    const token = hub.hasToken ? 'HF_TOKEN has to belong to somebody who may read it' : 'HF_TOKEN has to be set';
    const message = `"${request.repo}" is not on ${hub.host}: check the spelling; or it is private, and then ${token}.`;
    return new ParleyError('model_not_found', message, details);
  }
  return error.retryable ? inTrouble(error, context) : strange(hub, error);
}

function inTrouble(error: HubAnswerError, { hub, now }: Context): ParleyError {
  const { status } = error;
  const asked = error.retryAfterMs(now);
  const retryAfterSeconds = asked === null ? RETRY_AFTER_SECONDS : Math.max(1, Math.ceil(asked / 1000));
  const why = status === 429 ? 'has had too many requests' : `is in trouble (status ${String(status)})`;
  return new ParleyError('overloaded', `The model hub ${hub.host} ${why}: try again later.`, {
    retryAfterSeconds,
    cause: error,
  });
}

function gated({ hub, request }: Context, cause: Error): ParleyError {
  const token = hub.hasToken ? 'with the account of HF_TOKEN' : 'and set HF_TOKEN to a token of that account';
  const message = `"${request.repo}" is gated: accept its licence at ${hub.pageOf(request.repo)} ${token}.`;
  return new ParleyError('forbidden', message, { cause });
}
