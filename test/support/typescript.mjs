// For `node --experimental-transform-types --import`: a child process runs our sources as they stand, without a build.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    next(
      /^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')
        ? specifier.replace(/js$/, 'ts')
        : specifier,
      context,
    ),
});
