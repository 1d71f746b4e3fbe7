/** Why a pattern is not taken, as the end of a sentence. */
export class UnsupportedPattern extends Error {}
