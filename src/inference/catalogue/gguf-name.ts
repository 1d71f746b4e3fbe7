const SUFFIX = /\.gguf$/i;
/** The number of parts is read from a name that anybody may have given, so it stays below a thousand. */
const FIRST_PART = /-00001-of-(00\d{3})\.gguf$/i;
const LATER_PART = /-(?!00001)\d{5}-of-\d{5}\.gguf$/i;

export function isGguf(name: string): boolean {
  return SUFFIX.test(name);
}

/** A name without its `.gguf`. */
export function stem(name: string): string {
  return name.replace(SUFFIX, '');
}

/** Whether a file of this name is one to open: not the later part of a model in several, nor a vision projector. */
export function isGgufModel(name: string): boolean {
  return isGguf(name) && !LATER_PART.test(name) && !/^mmproj/i.test(name);
}

/** The names of all parts of a model whose first part is called this; llama.cpp finds the later ones itself. */
export function partsOf(name: string): string[] {
  const count = Number(FIRST_PART.exec(name)?.[1] ?? 1);
  return Array.from({ length: count }, (_, index) =>
    name.replace(/-00001-of-/, `-${String(index + 1).padStart(5, '0')}-of-`),
  );
}
