import type { Position, RecordedEvent } from '../../../application/ports/event-store.js';
import type { PoisonedBy, RebuildProgress, ViewName } from '../../../application/ports/views.js';
import type { BuildProgress } from '../build/build.js';
import { generationFile, generationFiles, type GenerationFile } from './generation-files.js';
import { Generation } from './generation.js';
import { PositionWaiters } from './position-waiters.js';
import { versionOf, type SqliteView } from './sqlite-view.js';

/** A generation that is being built, then fed by the subscription until it holds what the one before holds. */
interface Build extends GenerationFile {
  poisonedBy?: PoisonedBy;
  generation?: Generation;
  progress?: BuildProgress;
  eventsPerSecond: number;
}

/** One view: the generation that answers, and the one that will take its place. */
export class ViewSlot {
  readonly waiters = new PositionWaiters();
  #current: Generation | undefined;
  #poisonedBy: PoisonedBy | undefined;
  #build: Build | undefined;
  #lastNumber = 0;

  private constructor(
    private readonly folder: string,
    readonly view: SqliteView,
  ) {}

  /**
   * Keeps the latest generation that can answer and the latest unfinished one; deletes what is torn, what has other
   * tables than today's, and what stands at a position that the store does not know.
   */
  static async open(folder: string, view: SqliteView, isKnown: (at: Position) => Promise<boolean>): Promise<ViewSlot> {
    const slot = new ViewSlot(folder, view);
    for (const found of generationFiles(folder, view.projection.name)) {
      slot.#lastNumber = Math.max(slot.#lastNumber, found.number);
      const generation = await openUsable(view, found.file, isKnown);
      if (generation === undefined) Generation.delete(found.file);
      else if (slot.#current === undefined && generation.ready) slot.#current = generation;
      else {
        generation.close();
        const resumes =
          slot.#current === undefined && slot.#build === undefined && generation.version === versionOf(view);
        if (resumes) slot.#build = { ...found, eventsPerSecond: 0 };
        else Generation.delete(found.file);
      }
    }
    return slot;
  }

  get name(): ViewName {
    return this.view.projection.name;
  }

  get current(): Generation | undefined {
    return this.#current;
  }

  get poisonedBy(): PoisonedBy | undefined {
    return this.#poisonedBy ?? this.#build?.poisonedBy;
  }

  /** The generation that answers takes nothing in any more. */
  get stopped(): boolean {
    return this.#poisonedBy !== undefined || (this.#current === undefined && this.#build?.poisonedBy !== undefined);
  }

  get building(): GenerationFile | undefined {
    return this.#build;
  }

  /** The answering generation, if any, is of an older program. */
  get outdated(): boolean {
    return this.#current?.version !== versionOf(this.view);
  }

  get rebuildProgress(): RebuildProgress | undefined {
    if (this.#build === undefined) return undefined;
    const { progress, eventsPerSecond, poisonedBy } = this.#build;
    return {
      done: progress?.done ?? 0,
      eventsPerSecond,
      ...(this.#current !== undefined && { total: this.#current.events }),
      ...(progress !== undefined && { reached: progress.reached }),
      ...(poisonedBy !== undefined && { poisonedBy }),
    };
  }

  /** Answers from nothing: for a store without events. */
  beginEmpty(): void {
    this.#current = Generation.open(this.view, this.#nextFile().file);
    this.#current.markReady();
  }

  /** Begins a generation to be built; `false` when one is being built already. */
  beginBuild(): boolean {
    if (this.#build !== undefined && this.#build.poisonedBy === undefined) return false;
    const unreadable = this.#build;
    this.#build = { ...this.#nextFile(), eventsPerSecond: 0 };
    unreadable?.generation?.close();
    if (unreadable !== undefined) Generation.delete(unreadable.file);
    return true;
  }

  /** What a build of this file has done, at a rate of events a second. */
  progressed(progress: BuildProgress, eventsPerSecond: number): void {
    if (this.#build !== undefined) Object.assign(this.#build, { progress, eventsPerSecond });
  }

  /** The build has ended: at the event that it cannot read, or at the head, from where the subscription feeds it. */
  built(poisonedBy: PoisonedBy | undefined): void {
    if (this.#build === undefined) return;
    if (poisonedBy === undefined) this.#build.generation = Generation.open(this.view, this.#build.file);
    else this.#build.poisonedBy = poisonedBy;
  }

  /**
   * Positions of the generations that take events in. One of an older program does not: its documents are not what
   * today's projection would go on from.
   */
  get positions(): ReadonlyArray<Position | undefined> {
    return this.#fed.map(({ position }) => position);
  }

  take(events: ReadonlyArray<RecordedEvent>, upTo: Position): void {
    for (const generation of this.#fed) {
      const poisonedBy = generation.take(events, upTo);
      if (poisonedBy === undefined) continue;
      if (generation === this.#current) this.#poisonedBy = poisonedBy;
      else this.#build!.poisonedBy = poisonedBy;
    }
    if (this.stopped) this.waiters.giveUp();
    else if (this.#current?.position !== undefined) this.waiters.reached(this.#current.position);
  }

  /** Puts the built generation in the place of the one before, once it holds as much; `live`: all there is. */
  swapWhenLevel(live: boolean): void {
    const next = this.#build?.generation;
    if (next === undefined || this.#build?.poisonedBy !== undefined) return;
    const before = this.#current;
    const level = before?.position !== undefined && next.position !== undefined && next.position >= before.position;
    if (!live && !level) return;
    // A file that is ready wins over those with lower numbers: this one write is the swap.
    next.markReady();
    this.#current = next;
    this.#poisonedBy = undefined;
    this.#build = undefined;
    before?.close();
    if (before !== undefined) Generation.delete(before.file);
    if (next.position !== undefined) this.waiters.reached(next.position);
  }

  close(): void {
    this.#current?.close();
    this.#build?.generation?.close();
    this.#current = undefined;
    this.#build = undefined;
    this.waiters.giveUp();
  }

  get #fed(): ReadonlyArray<Generation> {
    const current = this.#current !== undefined && !this.outdated && this.#poisonedBy === undefined;
    const next = this.#build?.poisonedBy === undefined ? this.#build?.generation : undefined;
    return [...(current ? [this.#current!] : []), ...(next === undefined ? [] : [next])];
  }

  #nextFile(): GenerationFile {
    return generationFile(this.folder, this.name, ++this.#lastNumber);
  }
}

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const openUsable = async (
  view: SqliteView,
  file: string,
  isKnown: (at: Position) => Promise<boolean>,
): Promise<Generation | undefined> => {
  try {
    const generation = Generation.open(view, file);
    const sameTables = generation.version.split('.')[1] === String(view.schemaVersion);
    if (sameTables && (generation.position === undefined || (await isKnown(generation.position)))) return generation;
    generation.close();
    return undefined;
  } catch (error) {
    const { errcode } = error as { errcode?: number };
    if (errcode === SQLITE_CORRUPT || errcode === SQLITE_NOTADB) return undefined;
    throw error;
  }
};
