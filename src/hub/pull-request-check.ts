import { ParleyError } from '../inference/errors.js';
import type { PullRequest } from './pull-plan.js';

/** The hub's own rule for both halves of a repository's name, which also keeps out what begins with a dot. */
const REPO_SEGMENT = /^(?!.*(?:--|\.\.))\w(?:[\w.-]{0,94}\w)?$/;
const REVISION = /^(?!.*\.\.)\w[\w./+-]{0,254}$/;
const MAX_FILES = 1000;
const MAX_PATH_LENGTH = 1024;

function refuse(param: string, message: string): never {
  throw new ParleyError('invalid_request', message, { param });
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function isPath(path: string): boolean {
  if (path.length > MAX_PATH_LENGTH || path.includes('\\') || hasControlCharacter(path)) return false;
  return path.split('/').every((segment) => segment !== '' && !/^\.+$/.test(segment));
}

/** Throws `invalid_request`, naming the field, for anything that could leave the repository's folder in MODELS_DIR. */
export function checkPullRequest({ name, repo, revision, files }: PullRequest): void {
  const segments = repo.split('/');
  if (segments.length !== 2 || !segments.every((segment) => REPO_SEGMENT.test(segment))) {
    refuse('repo', `"${repo}" is not a repository's name: it has the form user/repo.`);
  }
  if (revision !== null && !REVISION.test(revision)) {
    refuse('revision', `"${revision}" is not the name of a branch, a tag or a commit.`);
  }
  if (files.length === 0 || files.length > MAX_FILES) {
    refuse('files', `Name at least one file, and at most ${String(MAX_FILES)}.`);
  }
  const wrong = files.find((path) => !isPath(path));
  if (wrong !== undefined) refuse('files', `"${wrong}" is not the path of a file in a repository.`);
  if (new Set(files).size !== files.length) refuse('files', 'A file is named twice.');
  if (!isPath(name) || name.includes('/') || name.startsWith('.') || name.length > 200) {
    refuse('name', `"${name}" is not a model's name.`);
  }
  // A repository must not bring a record of its own: the catalogue believes what such files say.
  const record = files.find((path) => path.toLowerCase().endsWith('.manifest.json'));
  if (record !== undefined) refuse('files', `"${record}" has a name that Parley keeps for its own records.`);
}
