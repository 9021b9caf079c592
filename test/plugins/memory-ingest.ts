import { RecorderIngest, type RecorderFact } from '../../src/application/ports/recorder-ingest.js';

/** What makes a repeated fact the same fact. */
const identityOf = (fact: RecorderFact): string =>
  [fact.type, fact.call, 'recording' in fact ? fact.recording : ''].join(' ');

/** Keeps each fact once, the first telling; counts how often all were told. */
export class MemoryIngest extends RecorderIngest {
  readonly facts = new Map<string, RecorderFact>();
  told = 0;
  /** Throws to refuse or to fail. */
  before: (fact: RecorderFact) => void = () => undefined;
  private readonly waiting = new Set<() => void>();

  override async ingest(recorder: string, fact: RecorderFact): Promise<void> {
    this.before(fact);
    this.told += 1;
    const key = `${recorder} ${identityOf(fact)}`;
    if (!this.facts.has(key)) this.facts.set(key, fact);
    for (const look of this.waiting) look();
  }

  ofType<T extends RecorderFact['type']>(type: T): ReadonlyArray<Extract<RecorderFact, { type: T }>> {
    return [...this.facts.values()].filter((fact): fact is Extract<RecorderFact, { type: T }> => fact.type === type);
  }

  of(call: string): ReadonlyArray<RecorderFact> {
    return [...this.facts.values()].filter((fact) => fact.call === call);
  }

  /** Resolves with what `find` gives as soon as it gives anything. */
  when<A>(find: (ingest: MemoryIngest) => A | undefined): Promise<A> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find(this);
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }
}
