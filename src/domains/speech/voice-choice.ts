/** OpenAI's own voices: every client knows them, and no model here has them. They stand for the default voice. */
const OPENAI_VOICES: ReadonlySet<string> = new Set([
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
]);

/** Who is to speak. */
export interface VoiceChoice {
  /** Absent: the default model. */
  readonly model: string | undefined;
  /** Absent: the model's own. */
  readonly speaker: string | undefined;
}

/**
 * Reads a request's `model` and `voice`. A voice is a speaker of the model, the name of a model where none is given, or
 * both: `model/speaker`. `isModel` says whether a model of that name speaks.
 */
export function voiceChoice(
  model: string | undefined,
  voice: string | undefined,
  isModel: (name: string) => boolean,
): VoiceChoice {
  if (voice === undefined || OPENAI_VOICES.has(voice.toLowerCase())) return { model, speaker: undefined };
  const slash = voice.indexOf('/');
  const [named, speaker] = slash < 0 ? [voice, undefined] : [voice.slice(0, slash), voice.slice(slash + 1)];
  if (model === undefined && isModel(named)) return { model: named, speaker };
  if (model !== undefined && named === model) return { model, speaker };
  return { model, speaker: voice };
}
