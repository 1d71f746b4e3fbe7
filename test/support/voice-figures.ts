/** The evaluation of starter-voice itself (tools/starter-models/voice), for speech that came over HTTP. */
interface Reference {
  readonly text: string;
  readonly seconds: number;
  readonly cepstra: readonly Float64Array[];
}

interface Evaluation {
  readonly readReferences: () => { anchors: Readonly<Record<string, number>>; sentences: readonly Reference[] };
  readonly melCepstra: (samples: Float32Array, sampleRate: number) => readonly Float64Array[];
  readonly melCepstralDistortion: (heard: readonly Float64Array[], reference: readonly Float64Array[]) => number;
}

const FILES = ['references', 'mel_cepstra', 'distortion'];

async function evaluation(): Promise<Evaluation> {
  const folder = new URL('../../tools/starter-models/voice/', import.meta.url);
  const modules = await Promise.all(
    FILES.map((file) => import(new URL(`${file}.mjs`, folder).href) as Promise<object>),
  );
  return Object.assign({}, ...modules) as Evaluation;
}

/** Sentences that the voice never learned from, and what its own evaluation allows: espeak-ng's other accent, and 15 %. */
export async function references(
  count: number,
): Promise<{ sentences: readonly Reference[]; most: { distortion: number; durationOff: number } }> {
  const { anchors, sentences } = (await evaluation()).readReferences();
  const distortion = anchors["espeak-ng's British accent"];
  if (distortion === undefined) throw new Error('the evaluation has no anchor');
  return { sentences: sentences.slice(0, count), most: { distortion, durationOff: 0.15 } };
}

/** Mel-cepstral distortion in dB, and how far the duration is off, as a share. */
export async function heardBy(
  { seconds, cepstra }: Reference,
  { samples, sampleRate }: { readonly samples: Int16Array; readonly sampleRate: number },
): Promise<{ distortion: number; durationOff: number }> {
  const { melCepstra, melCepstralDistortion } = await evaluation();
  const heard = melCepstra(
    Float32Array.from(samples, (sample) => sample / 32_768),
    sampleRate,
  );
  return {
    distortion: melCepstralDistortion(heard, cepstra),
    durationOff: Math.abs(samples.length / sampleRate / seconds - 1),
  };
}
