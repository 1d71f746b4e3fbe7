// Does what `docker build` does with a stage: a copy of its base, and the instructions on it, one after the other.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argsOf, copyOf, expand, pairsOf } from './dockerfile.mjs';
import { run } from './sandbox.mjs';

/** Instructions that say how a container is run; the last of each in a stage counts. */
const ABOUT_RUNNING = ['USER', 'EXPOSE', 'VOLUME', 'STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD'];

function copyTree(from, to) {
  const { status } = spawnSync('cp', ['-a', '--reflink=auto', '--no-preserve=ownership', from, to], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`cp ${from} ${to}`);
}

/** A folder's contents go into the target; files go under it where it is a folder, and become it where it is not. */
function copyInto(sources, target, isFolder) {
  for (const source of sources) {
    if (!existsSync(source)) throw new Error(`COPY: ${source} is not there, or .dockerignore leaves it out`);
    const folder = statSync(source).isDirectory();
    mkdirSync(folder || isFolder ? target : dirname(target), { recursive: true });
    copyTree(folder ? `${source}/.` : source, isFolder && !folder ? join(target, basename(source)) : target);
  }
}

/**
 * What stage `stage` leaves: `{ root, env, workdir, about }`. `built` holds those of the stages before it, by name.
 * `instead(command, folder)` may put the result of a RUN in place, and say so by true.
 */
export async function buildStage(stage, { context, folder, baseRoot, built, globals, buildArgs, instead }) {
  const parent = built.get(stage.base) ?? { root: baseRoot(stage.base), env: {}, workdir: '/', about: {} };
  const root = join(folder, stage.name);
  rmSync(root, { recursive: true, force: true });
  const copied = spawnSync('cp', ['-a', '--reflink=auto', parent.root, root], { stdio: 'inherit' });
  if (copied.status !== 0) throw new Error(`cp ${parent.root}`);
  const image = { root, env: { ...parent.env }, workdir: parent.workdir, about: { ...parent.about } };
  const args = {};

  for (const { keyword, text } of stage.instructions) {
    const began = performance.now();
    const said = expand(text, { ...args, ...image.env });
    if (keyword === 'ARG') Object.assign(args, argsOf(text, globals, buildArgs));
    else if (keyword === 'ENV') Object.assign(image.env, pairsOf(said));
    else if (keyword === 'WORKDIR')
      mkdirSync(join(root, (image.workdir = resolve(image.workdir, said))), { recursive: true });
    else if (keyword === 'COPY') {
      const { from, sources, to } = copyOf(said);
      const source = from === null ? context : (built.get(from)?.root ?? baseRoot(from));
      const several = sources.length > 1 || to.endsWith('/');
      copyInto(
        sources.map((path) => join(source, path)),
        join(root, resolve(image.workdir, to)),
        several,
      );
    } else if (keyword === 'RUN' && instead?.(text, join(root, image.workdir))) {
      console.log(`[${stage.name}] NOT RUN, its result was given: ${text}`);
    } else if (keyword === 'RUN') {
      await run(root, ['/bin/sh', '-c', text], { env: { HOME: '/root', ...image.env, ...args }, cwd: image.workdir });
    } else if (ABOUT_RUNNING.includes(keyword)) image.about[keyword] = said;
    else if (keyword !== 'LABEL') throw new Error(`${keyword} is not known here`);
    const seconds = (performance.now() - began) / 1000;
    if (['RUN', 'COPY'].includes(keyword)) console.log(`[${stage.name}] ${seconds.toFixed(1)} s  ${keyword} ${text}`);
  }
  return image;
}
