import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nest injects by the type of a constructor's parameters: the decorators' metadata must be emitted.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    setupFiles: ['test/setup.ts'],
    // Half of the time a test waits for a server or a disk.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
