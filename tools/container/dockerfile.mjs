// Reads a Dockerfile into stages, as far as this repository's own goes: no heredocs, no flags but COPY --from.

/** `KEY=value` or `KEY="a value"`, several in one line. */
const PAIR = /([\w.-]+)=("(?:[^"\\]|\\.)*"|\S*)/g;

/** Instructions with their lines joined: `{ keyword, text }`. */
export function instructionsOf(dockerfile) {
  const lines = dockerfile.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines.join('\n').replace(/\\\n\s*/g, ' ');
  return joined.split('\n').map((line) => {
    const [, keyword, text] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (keyword === undefined) throw new Error(`not an instruction: ${line}`);
    return { keyword, text };
  });
}

/** `$NAME` and `${NAME}` by `variables`; what is not there is empty, as Docker has it. */
export function expand(text, variables) {
  return text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, plain, braced) => variables[plain ?? braced] ?? '');
}

/** The pairs of an ENV, LABEL or ARG instruction; an ARG without a value is null. */
export function pairsOf(text) {
  if (/^\w+$/.test(text)) return { [text]: null };
  return Object.fromEntries([...text.matchAll(PAIR)].map(([, key, value]) => [key, value.replace(/^"(.*)"$/, '$1')]));
}

/** Where a COPY's sources come from, and where they go. */
export function copyOf(text) {
  const words = text.split(/\s+/);
  const from = words[0].startsWith('--from=') ? words.shift().slice('--from='.length) : null;
  const to = words.pop();
  return { from, sources: words, to };
}

/** Stages in order, and the ARGs before the first: those alone are known in a FROM. `buildArgs` goes before defaults. */
export function stagesOf(dockerfile, buildArgs = {}) {
  const globals = {};
  const stages = [];
  for (const { keyword, text } of instructionsOf(dockerfile)) {
    if (keyword === 'FROM') {
      const [, base, name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(expand(text, globals)) ?? [];
      stages.push({ base, name, instructions: [] });
    } else if (stages.length > 0) stages.at(-1).instructions.push({ keyword, text });
    else Object.assign(globals, pairsOf(text), pick(buildArgs, Object.keys(pairsOf(text))));
  }
  return { globals, stages };
}

/** Values of a stage's ARGs: `buildArgs`, then the default in the stage, then the global of that name. */
export function argsOf(text, globals, buildArgs = {}) {
  return Object.fromEntries(
    Object.entries(pairsOf(text)).map(([name, value]) => [name, buildArgs[name] ?? value ?? globals[name] ?? '']),
  );
}

function pick(object, names) {
  return Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]));
}
