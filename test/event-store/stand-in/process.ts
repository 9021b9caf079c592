import { onTestFinished } from 'vitest';
import { typescriptChild } from '../../support/typescript-child.js';

/** A stand-in in a process of its own, as `npm run stand-in:eventstore` starts it; ends with the test. */
export const standInProcess = async (): Promise<{ readonly url: string }> => {
  const child = typescriptChild(new URL('main.ts', import.meta.url), ['0']);
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const url = /esdb:\/\/\S+/.exec(said)?.[0];
    if (url !== undefined) return { url };
  }
  throw new Error(`the stand-in did not start: ${said}`);
};
