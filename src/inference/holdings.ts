/**
 * What a request holds: its place in the queue, its lease, its run. Given back exactly once, last taken first, whoever
 * comes first: the end of its stream, or the client that leaves while nobody is reading.
 */
export class Holdings {
  private readonly releases: (() => void)[] = [];
  private released = false;

  /** Takes charge of a release. What is added after the end is released at once. */
  add(release: () => void): void {
    if (this.released) release();
    else this.releases.push(release);
  }

  releaseAll(): void {
    this.released = true;
    for (let release = this.releases.pop(); release !== undefined; release = this.releases.pop()) release();
  }
}
