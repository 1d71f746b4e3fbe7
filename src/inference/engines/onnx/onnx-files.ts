/** How the numbers of an ONNX file are stored, as transformers.js names it, and how that shows in the file's name. */
export type Dtype = keyof typeof SUFFIXES;

/**
 * In order of preference on a CPU: eight bits keep the quality at a quarter of the memory, four bits lose some of it,
 * sixteen are slower than thirty-two.
 */
const SUFFIXES = {
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  bnb4: '_bnb4',
  fp32: '',
  fp16: '_fp16',
  q4f16: '_q4f16',
} as const;

export interface ChosenFile {
  readonly dtype: Dtype;
  /** Name in the model's onnx folder. */
  readonly file: string;
  /** Names of the files that hold its weights, itself included. */
  readonly parts: readonly string[];
}

/** Picks the variant of a graph to load: the first in order of preference that is there. Null when none is. */
export function chooseFile(graph: string, files: readonly string[]): ChosenFile | null {
  for (const [dtype, suffix] of Object.entries(SUFFIXES) as [Dtype, string][]) {
    const file = `${graph}${suffix}.onnx`;
    if (files.includes(file)) return { dtype, file, parts: files.filter((name) => isPartOf(name, file)) };
  }
  return null;
}

/** Weights of more than 2 GB lie beside the graph, in one file or in several. */
function isPartOf(name: string, file: string): boolean {
  return name === file || name === `${file}.data` || name === `${file}_data` || name.startsWith(`${file}_data_`);
}
