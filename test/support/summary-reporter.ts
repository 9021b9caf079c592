import type { Reporter, TestModule } from 'vitest/node';

/** Names what was skipped, and ends with one line that anybody can count by: `N passed, N failed`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      // A file or a suite that breaks outside its tests fails too.
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        count[result.state] += 1;
        if (result.state === 'skipped')
          process.stdout.write(`skipped: ${test.fullName}${result.note === undefined ? '' : ` (${result.note})`}\n`);
      }
    }
    if (count.pending > 0) process.stdout.write(`${count.pending} did not run\n`);
    if (count.skipped > 0) process.stdout.write(`${count.skipped} skipped\n`);
    process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
  }
}
