import * as E from 'fp-ts/lib/Either.js';
import { expect, test } from 'vitest';
import { configOf } from '../../src/infrastructure/config.js';
import { applications, textOf } from './compose-file.js';
import { environment } from './dockerfile.js';

const guide = textOf('docs/guides/several-processes.md');

test('the guide names every setting of the processes and of the image', () => {
  const names = [...Object.keys(applications[0]!.environment), ...Object.keys(environment)];
  expect(names.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test('its addresses are taken as they stand', () => {
  const lines = [...guide.matchAll(/^(\w+_URL)=(\S+)$/gm)].map(([, name, value]) => [name!, value!] as const);
  const config = configOf(Object.fromEntries(lines));
  if (E.isLeft(config)) throw new Error(JSON.stringify(config.left));
  expect(config.right.shared).toBeDefined();
});

test('the files that it names are there', () => {
  const named = [...guide.matchAll(/`(deploy\/[\w./-]+\.(?:ts|sql))`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(0);
  for (const path of named) expect(textOf(path)).not.toBe('');
});
