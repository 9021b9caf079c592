import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewName } from '../../../application/ports/views.js';

/** A generation's file: `<view>.<number>.sqlite`; a later generation has a higher number. */
export interface GenerationFile {
  readonly number: number;
  readonly file: string;
}

export const generationFile = (folder: string, view: ViewName, number: number): GenerationFile => ({
  number,
  file: join(folder, `${view}.${String(number).padStart(6, '0')}.sqlite`),
});

/** The view's files, latest first. */
export const generationFiles = (folder: string, view: ViewName): ReadonlyArray<GenerationFile> =>
  readdirSync(folder)
    .flatMap((name) => {
      const [, of, number] = /^(.+)\.(\d{6})\.sqlite$/.exec(name) ?? [];
      return of === view ? [generationFile(folder, view, Number(number))] : [];
    })
    .toSorted((a, b) => b.number - a.number);
