// Adds to package-lock.json the optional packages of other platforms. A registry mirror that holds only this platform's
// binaries makes npm leave them out, and `npm ci` then refuses the lock everywhere. Run it after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = new URL('../../package-lock.json', import.meta.url);
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32'];
const OTHER_NAMES = { mac: 'darwin', win: 'win32', fsevents: 'darwin' };
const PROCESSORS = [
  'arm64',
  'arm',
  'armv7l',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
];

/** Which machines a platform package is for, from its name. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.map((word) => OTHER_NAMES[word] ?? word).find((word) => SYSTEMS.includes(word));
  const cpu =
    PROCESSORS.find((processor) => words.includes(processor)) ?? (words.includes('wasi') ? 'wasm32' : undefined);
  const libc = words.some((word) => /^(musl|musleabihf)$/.test(word)) ? 'musl' : undefined;
  return {
    ...(cpu && { cpu: [cpu] }),
    ...(libc && { libc: [libc] }),
    ...(os && { os: [os] }),
  };
}

const lock = JSON.parse(readFileSync(LOCK, 'utf8'));
const { '': root, ...packages } = lock.packages;
let added = 0;
for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    const known = [`${path}/node_modules/${name}`, `node_modules/${name}`].some(
      (place) => packages[place] !== undefined,
    );
    const platform = platformOf(name);
    if (known || Object.keys(platform).length === 0) continue;
    packages[`node_modules/${name}`] = { version: range.replace(/^[~^]/, ''), ...platform, optional: true };
    added++;
  }
}
const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = { '': root, ...Object.fromEntries(sorted) };
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} packages of other platforms added`);
