import { recordId } from '../../../storage/state/record-id.js';
import { JOB_KINDS, type JobKind } from '../../kinds/kinds.js';

/** BullMQ's keys of one queue, and ours of its line. */
export interface QueueKeys {
  /** Begins the key of each job. */
  readonly prefix: string;
  readonly prioritized: string;
  readonly wait: string;
  readonly active: string;
  readonly delayed: string;
  /** A hash: id of each unfinished job → `<key> <band> <milliseconds>`. */
  readonly open: string;
  /** A hash: the unfinished jobs of each key (`k:…`) and of each band (`b:…`). */
  readonly held: string;
  /** A hash: the last turn of each key (`<band>:<key>`), and where each band is (`<band>`). */
  readonly turns: string;
}

export function queueKeys(kind: JobKind): QueueKeys {
  const prefix = `parley:${JOB_KINDS[kind].queue}:`;
  return {
    prefix,
    prioritized: `${prefix}prioritized`,
    wait: `${prefix}wait`,
    active: `${prefix}active`,
    delayed: `${prefix}delayed`,
    open: `parley:jobs:open:${kind}`,
    held: `parley:jobs:held:${kind}`,
    turns: `parley:jobs:turns:${kind}`,
  };
}

/** A sorted set: ids of the jobs of a key by their time. */
export function listOf(keyId: string): string {
  return `parley:jobs:of:${recordId(keyId)}`;
}
