import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/support/count-reporter.ts';

export default defineConfig({
  // Node gives everybody the CommonJS build of graphql; Vite would give our files a second copy, and
  // instances of one are strangers to the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres.ts'],
    // Databases, sockets and child processes are real: two workers keep a small machine honest.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // Kills, restarts and throttles are real and so is the noise of a shared machine: there, and only
    // there, a test may show a second time that it passes. The report names those that needed it.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ['default', new CountReporter()],
  },
});
