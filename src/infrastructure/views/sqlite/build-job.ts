import type { PoisonedBy, ViewName } from '../../../application/ports/views.js';
import type { BuildProgress } from './build.js';

/** What a build worker is started with. */
export interface BuildJob {
  readonly view: ViewName;
  /** The generation's file, and the file of events. */
  readonly file: string;
  readonly events: string;
}

/** What it says; `ended` comes once, last. */
export type BuildMessage =
  | { readonly _tag: 'progress'; readonly progress: BuildProgress }
  | { readonly _tag: 'ended'; readonly poisonedBy: PoisonedBy | undefined };
