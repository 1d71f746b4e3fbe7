// Builds the image without Docker: reads the stages of the Dockerfile, and runs their lines in clean roots on what
// .dockerignore lets through. Then starts the last stage as an unprivileged user on a read-only root, and asks it.
//
//   sudo node tools/container/rehearse.mjs [--work /var/tmp/parley-image] [GPU=none …]
//
// --only-serve starts what an earlier run built. --local-builds takes node-llama-cpp's localBuilds/ of an earlier run
// instead of compiling llama.cpp again, and says so.
// Needs mmdebstrap, and root for mounts. node:*-bookworm-slim is stood in for by Debian bookworm and this machine's Node.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeOnBookworm } from './base-root.mjs';
import { copyOf, stagesOf } from './dockerfile.mjs';
import { allowedBy } from './dockerignore.mjs';
import { rehearseService } from './rehearse-service.mjs';
import { buildStage } from './stage-builder.mjs';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: 'string', default: '/var/tmp/parley-image' },
    'only-serve': { type: 'boolean', default: false },
    'local-builds': { type: 'string' },
  },
});
const buildArgs = Object.fromEntries(positionals.map((pair) => pair.split(/=(.*)/s, 2)));
const saved = join(values.work, 'image.json');

/** Never in the context, and large to walk. */
const NOT_WALKED = ['.git', 'node_modules', 'dist'];

function* filesUnder(folder) {
  for (const entry of readdirSync(join(REPOSITORY, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (NOT_WALKED.includes(path)) continue;
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

function filteredContext() {
  const allowed = allowedBy(readFileSync(join(REPOSITORY, '.dockerignore'), 'utf8'));
  const context = join(values.work, 'context');
  rmSync(context, { recursive: true, force: true });
  for (const path of filesUnder('')) if (allowed(path)) cpSync(join(REPOSITORY, path), join(context, path));
  return context;
}

/** The last stage and those that it builds on, in order. */
function needed(stages) {
  const wanted = new Set([stages.at(-1).name]);
  for (const stage of stages.toReversed()) {
    if (!wanted.has(stage.name)) continue;
    wanted.add(stage.base);
    for (const { keyword, text } of stage.instructions) if (keyword === 'COPY') wanted.add(copyOf(text).from);
  }
  return stages.filter(({ name }) => wanted.has(name));
}

/** Stands in for compiling llama.cpp, which takes most of the time. */
function compiledBefore(command, folder) {
  if (values['local-builds'] === undefined || !command.includes('node-llama-cpp source download')) return false;
  const target = join(folder, 'node_modules/node-llama-cpp/llama/localBuilds');
  cpSync(values['local-builds'], target, { recursive: true, verbatimSymlinks: true });
  return true;
}

async function build() {
  const { globals, stages } = stagesOf(readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8'), buildArgs);
  const context = filteredContext();
  const baseRoot = (image) => {
    if (!/^node:20\.[\d.]+-bookworm-slim/.test(image)) throw new Error(`there is no stand-in for ${image}`);
    const root = join(values.work, 'base');
    nodeOnBookworm(root);
    return root;
  };
  const built = new Map();
  for (const stage of needed(stages)) {
    const place = {
      context,
      folder: join(values.work, 'stages'),
      baseRoot,
      built,
      globals,
      buildArgs,
      instead: compiledBefore,
    };
    built.set(stage.name, await buildStage(stage, place));
  }
  const image = built.get(stages.at(-1).name);
  writeFileSync(saved, JSON.stringify(image, null, 2));
}

mkdirSync(join(values.work, 'stages'), { recursive: true });
if (!values['only-serve']) await build();
const image = JSON.parse(readFileSync(saved, 'utf8'));
console.log(
  spawnSync('du', ['-sm', '--exclude=proc', image.root, `${image.root}/opt/parley/node_modules`], { encoding: 'utf8' })
    .stdout,
);
await rehearseService(image, join(values.work, 'data'));
