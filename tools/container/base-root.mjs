// A stand-in for node:<version>-bookworm-slim, made of Debian's packages and this machine's Node and npm, in the places
// where that image has them.
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';

function must(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${String(status)}`);
  return stdout.trim();
}

/** Makes `root` unless it is there. Needs mmdebstrap and the right to become root. */
export function nodeOnBookworm(root) {
  if (existsSync(root)) return;
  const unfinished = `${root}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  must('mmdebstrap', '--variant=minbase', '--quiet', 'bookworm', unfinished);
  const modules = `${unfinished}/usr/local/lib/node_modules`;
  must('mkdir', '-p', modules);
  must('cp', process.execPath, `${unfinished}/usr/local/bin/node`);
  must('cp', '-a', `${must('npm', 'root', '--global')}/npm`, modules);
  must('ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', `${unfinished}/usr/local/bin/npm`);
  must('ln', '-s', '../lib/node_modules/npm/bin/npx-cli.js', `${unfinished}/usr/local/bin/npx`);
  renameSync(unfinished, root);
}
