import { textOf } from './compose-file.js';

export interface Instruction {
  readonly name: string;
  readonly words: ReadonlyArray<string>;
  /** All that follows the name. */
  readonly text: string;
}

/** The stages of the Dockerfile, each from its FROM on. */
export const stages: ReadonlyArray<ReadonlyArray<Instruction>> = textOf('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [name = '', ...words] = line.split(/\s+/);
    return { name, words, text: line.slice(name.length).trim() };
  })
  .reduce<Instruction[][]>(
    (all, instruction) =>
      instruction.name === 'FROM' ? [...all, [instruction]] : [...all.slice(0, -1), [...all.at(-1)!, instruction]],
    [],
  );

/** What is run in the end. */
export const image = stages.at(-1)!;

export const only = (name: string): Instruction => {
  const [found, ...more] = image.filter((instruction) => instruction.name === name);
  if (found === undefined || more.length > 0) throw new Error(`the image has ${more.length + 1} or no ${name}`);
  return found;
};

/** An instruction of the form that starts no shell. */
export const commandOf = (name: string): ReadonlyArray<string> =>
  JSON.parse(/\[.*\]$/.exec(only(name).text)![0]) as string[];

export const environment: Readonly<Record<string, string>> = Object.fromEntries(
  only('ENV').words.map((word) => word.split('=') as [string, string]),
);

/** What instructions copy out of the repository, rather than from another stage. */
export const copied = (instructions: ReadonlyArray<Instruction>): ReadonlyArray<string> =>
  instructions
    .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from='))
    .flatMap(({ words }) => words.slice(0, -1).map((path) => path.replace('./', '')));
