import type { PoisonedBy, ViewName } from '../../../application/ports/views.js';
import type { ElasticsearchConfig } from '../../config.js';
import type { BuildProgress } from './build.js';

/** Where the events are: a file, or the address of a server. */
export type EventsSource = { readonly sqlite: string } | { readonly kurrentDb: string };

/** What a build worker is started with. */
export interface BuildJob {
  readonly view: ViewName;
  /** The generation: a file, or an index of the cluster. */
  readonly target: string;
  /** Absent: the target is a file. */
  readonly cluster?: ElasticsearchConfig;
  readonly events: EventsSource;
}

/** What it says; `ended` comes once, last. */
export type BuildMessage =
  | { readonly _tag: 'progress'; readonly progress: BuildProgress }
  | { readonly _tag: 'ended'; readonly poisonedBy: PoisonedBy | undefined };
