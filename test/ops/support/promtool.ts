import { spawnSync } from 'node:child_process';

/** Runs promtool of Debian's package `prometheus`. */
export function promtool(...parameters: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', parameters, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`promtool does not run (apt-get install prometheus): ${error.message}`);
  return { status, output: `${stdout}${stderr}` };
}
