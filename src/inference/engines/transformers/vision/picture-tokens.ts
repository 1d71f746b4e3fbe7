/**
 * Tokens that each picture unfolds to in a prompt, without the marks around them. Runs of the image token are pictures;
 * where they touch or are broken into rows, all pictures of the family are of one size.
 */
export function pictureTokens(prompt: readonly number[], imageToken: number | undefined, pictures: number): number[] {
  const runs: number[] = [];
  prompt.forEach((token, at) => {
    if (token !== imageToken) return;
    if (at > 0 && prompt[at - 1] === imageToken) runs.push((runs.pop() ?? 0) + 1);
    else runs.push(1);
  });
  if (runs.length === pictures) return runs;
  const all = runs.reduce((sum, run) => sum + run, 0);
  return new Array<number>(pictures).fill(Math.round(all / Math.max(1, pictures)));
}
