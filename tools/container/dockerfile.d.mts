export interface Instruction {
  readonly keyword: string;
  readonly text: string;
}

export interface Stage {
  readonly base: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

export function instructionsOf(dockerfile: string): Instruction[];
export function expand(text: string, variables: Readonly<Record<string, string>>): string;
export function pairsOf(text: string): Record<string, string | null>;
export function copyOf(text: string): { from: string | null; sources: string[]; to: string };
export function stagesOf(
  dockerfile: string,
  buildArgs?: Readonly<Record<string, string>>,
): { globals: Record<string, string>; stages: Stage[] };
export function argsOf(
  text: string,
  globals: Readonly<Record<string, string>>,
  buildArgs?: Readonly<Record<string, string>>,
): Record<string, string>;
