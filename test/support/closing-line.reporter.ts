import type { Reporter, TestModule } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts a file's tests; a file that fails without a failed test, because it does not load or a hook fails, is one. */
function count(module: TestModule, counts: Counts): void {
  const before = counts.failed;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') counts.passed++;
    else if (state === 'failed') counts.failed++;
    else counts.skipped++;
  }
  if (!module.ok() && counts.failed === before) counts.failed++;
}

/** Prints `N passed, N failed, N skipped` as the very last line of a run. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) count(module, counts);
    const { passed, failed, skipped } = counts;
    const line = `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped\n`;
    // Other reporters print their summary now; what is written as the process ends comes after it.
    process.once('exit', () => process.stdout.write(line));
  }
}
