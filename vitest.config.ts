import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nest injects by the type of a constructor's parameters: the decorators' metadata must be emitted.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
