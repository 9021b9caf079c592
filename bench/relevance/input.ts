import { readFileSync } from 'node:fs';
import type { Judgements } from './metrics.js';

/** A file that cannot be measured with; the message names it and what is wrong. */
export class BadInput extends Error {}

/** `{id: text}`; ids are any strings. */
export const readTexts = (file: string): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  for (const [id, text] of entriesOf(file, readJson(file), 'an object {id: text}')) {
    if (typeof text !== 'string') throw new BadInput(`${file}: the text of ${quoted(id)} is ${kindOf(text)}`);
    texts.set(id, text);
  }
  if (texts.size === 0) throw new BadInput(`${file}: holds no text`);
  return texts;
};

/** `{queryId: {documentId: grade}}`. */
export const readJudgements = (file: string): ReadonlyMap<string, Judgements> => {
  const judgements = new Map<string, Judgements>();
  for (const [query, judged] of entriesOf(file, readJson(file), 'an object {queryId: {documentId: grade}}')) {
    const grades = new Map<string, number>();
    for (const [id, grade] of entriesOf(`${file}: query ${quoted(query)}`, judged, 'an object {documentId: grade}')) {
      if (typeof grade !== 'number' || !Number.isFinite(grade))
        throw new BadInput(`${file}: query ${quoted(query)}: the grade of ${quoted(id)} is ${kindOf(grade)}`);
      grades.set(id, grade);
    }
    judgements.set(query, grades);
  }
  return judgements;
};

const entriesOf = (where: string, value: unknown, wanted: string): ReadonlyArray<[string, unknown]> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadInput(`${where}: ${wanted} is needed, and it is ${kindOf(value)}`);
  return Object.entries(value);
};

const readJson = (file: string): unknown => {
  const text = read(file);
  if (text.trim() === '') throw new BadInput(`${file}: is empty`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${file}: is no JSON: ${(error as Error).message}`);
  }
};

/** Without a byte order mark, which JSON does not know. */
const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new BadInput(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
};

const quoted = (id: string): string => JSON.stringify(id.length > 60 ? `${id.slice(0, 60)}...` : id);

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};
