// Takes out of node_modules/ what the service never opens in this image: binaries of other systems, GPU packages,
// llama.cpp's source, what only browsers and compilers read. Run it where node_modules/ is, with `none` or `cuda`.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEPT_BINARIES = { none: [], cuda: ['linux-x64-cuda'] };
/** The first two come along as somebody's peer; transformers.js has what it needs of onnxruntime-web in its own file. */
const NEVER_LOADED = ['typescript', '@scarf/scarf', 'onnxruntime-web'];
const FOR_COMPILERS = /\.(map|d\.[cm]?ts)$/;
/** What getLlama opens in a build: libraries, the addon, and the two files by which it knows that the build is whole. */
const OF_A_BUILD = /^(buildDone\.status|Release|Release\/(.*\.(so|node)|_nlcBuildMetadata\.json))$/;

const gpu = process.argv[2];
const kept = KEPT_BINARIES[gpu];
if (kept === undefined) throw new Error(`GPU must be one of ${Object.keys(KEPT_BINARIES).join(', ')}`);

function remove(path) {
  rmSync(join('node_modules', path), { recursive: true, force: true });
}

function children(path) {
  const folder = join('node_modules', path);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${path}/${name}`) : [];
}

for (const path of children('@node-llama-cpp')) if (!kept.includes(path.split('/')[1])) remove(path);
for (const path of NEVER_LOADED) remove(path);

for (const system of children('onnxruntime-node/bin/napi-v6')) {
  if (!system.endsWith('/linux')) remove(system);
  else for (const cpu of children(system)) if (!cpu.endsWith(`/${process.arch}`)) remove(cpu);
}

const LLAMA = 'node-llama-cpp/llama';
for (const name of ['gitRelease.bundle', 'llama.cpp', 'llama.cpp.info.json', 'addon', 'xpack'])
  remove(`${LLAMA}/${name}`);
for (const build of children(`${LLAMA}/localBuilds`)) {
  for (const file of readdirSync(join('node_modules', build), { recursive: true })) {
    if (!OF_A_BUILD.test(file)) remove(`${build}/${file}`);
  }
}

for (const file of readdirSync('node_modules', { recursive: true })) if (FOR_COMPILERS.test(file)) remove(file);
remove('.cache');

// Scanners for a bill of materials read this list: it names what is there, and no more.
const LIST = 'node_modules/.package-lock.json';
const list = JSON.parse(readFileSync(LIST, 'utf8'));
list.packages = Object.fromEntries(
  Object.entries(list.packages).filter(([path]) => existsSync(join(path, 'package.json'))),
);
writeFileSync(LIST, `${JSON.stringify(list, null, 2)}\n`);
// Links to commands of packages that are gone.
const commands = 'node_modules/.bin';
for (const name of readdirSync(commands)) if (!existsSync(join(commands, name))) rmSync(join(commands, name));
