import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Ends the run with one line that scripts can read: `N passed, N failed`. */
export class CountReporter implements Reporter {
  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    unhandledErrors: ReadonlyArray<SerializedError>,
  ): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      const failures = tests.filter((test) => test.result().state === 'failed').length;
      passed += tests.filter((test) => test.result().state === 'passed').length;
      // A file that cannot be loaded, or whose hooks fail, has no failed test to show for it.
      failed += failures || (module.ok() ? 0 : 1);
    }
    // The default reporter writes its summary in the same turn; ours comes after it.
    process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}
