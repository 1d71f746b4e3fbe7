/** Something to wait for until the test says go. */
export class Gate {
  readonly opened: Promise<void>;
  private resolve: () => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.opened.catch(() => undefined);
  }

  open(): void {
    this.resolve();
  }

  fail(error: Error): void {
    this.reject(error);
  }
}

/** Lets everything happen that needs no more input. Fake runners use no timers, so a few turns of the loop are all. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 8; turns++) await new Promise((resolve) => setImmediate(resolve));
}

/** What has become of a promise once everything has happened that needs no more input. */
export async function outcome<T>(promise: Promise<T>): Promise<T | 'pending'> {
  const pending = settled().then(() => 'pending' as const);
  return Promise.race([promise, pending]);
}
