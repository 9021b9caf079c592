import { expect, test } from 'vitest';
import { Display } from '../../src/infrastructure/cli/display.js';

/** What a display of this kind has written after each frame. */
const written = (isTTY: boolean, ...frames: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
    return true;
  };
  const display = new Display({ isTTY, columns: 10, write });
  return frames.map((frame) => {
    text = '';
    display.show(frame);
    return text;
  });
};

test('on a terminal a frame takes the place of the one before, and no line wraps', () => {
  expect(written(true, ['a', '1234567890'], ['b'], ['c', 'd'])).toEqual([
    'a\n123456789\n',
    '\u001b[2A\u001b[Jb\n',
    '\u001b[1A\u001b[Jc\nd\n',
  ]);
});

test('elsewhere only what is new is written', () => {
  expect(written(false, ['a', '1234567890'], ['a', 'b'], ['a', 'b'], ['1234567890'])).toEqual([
    'a\n1234567890\n',
    'b\n',
    '',
    '1234567890\n',
  ]);
});
