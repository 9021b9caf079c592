import { isDeepStrictEqual } from 'node:util';
import { soon, type Cluster } from './client.js';
import {
  aliasOf,
  CHECKPOINT,
  compareIndices,
  indicesOf,
  parseIndexName,
  shownDocuments,
  type IndexName,
} from './index-definition.js';
import type { Checkpoint } from './view-index.js';

/** An index of a view, of whatever version; without a checkpoint it was begun this moment, or cannot be read now. */
export interface FoundIndex extends IndexName {
  readonly index: string;
  /** The alias shows it. */
  readonly shown: boolean;
  readonly checkpoint?: Checkpoint;
  /** Why its checkpoint cannot be read now: the cluster's name for it. */
  readonly unreadable?: string;
}

/** The indices of one view, and the alias that says which of them answers. */
export class ViewIndices {
  readonly alias: string;

  constructor(
    private readonly cluster: Cluster,
    private readonly view: string,
  ) {
    this.alias = aliasOf(cluster.prefix, view);
  }

  /** In their order, the latest last. */
  async list(): Promise<ReadonlyArray<FoundIndex>> {
    const { view, alias } = this;
    const { client, prefix } = this.cluster;
    const aliases = await client.indices.getAlias({ index: indicesOf(prefix, view), allow_no_indices: true }, soon);
    const named = Object.entries(aliases).flatMap(([index, { aliases: of }]) => {
      const name = parseIndexName(prefix, view, index);
      return name === undefined ? [] : [{ ...name, index, shown: alias in of }];
    });
    if (named.length === 0) return [];
    const { docs } = await client.mget<{ readonly checkpoint: Checkpoint }>(
      { docs: named.map(({ index }) => ({ _index: index, _id: CHECKPOINT })) },
      soon,
    );
    return named
      .flatMap((found, i): ReadonlyArray<FoundIndex> => {
        const doc = docs[i]!;
        if ('error' in doc)
          return doc.error.type === 'index_not_found_exception' ? [] : [{ ...found, unreadable: doc.error.type }];
        const checkpoint = doc.found ? doc._source?.checkpoint : undefined;
        return [{ ...found, ...(checkpoint !== undefined && { checkpoint }) }];
      })
      .toSorted(compareIndices);
  }

  /**
   * Lets the alias show this index and no lower one; resolves `false`, and does nothing, when it shows a higher one
   * already, or this one was lost. Whoever moves it first makes the other's request fail as a whole, and so decide
   * again: an alias has one index that is marked for writing at most, though nobody writes through this one.
   */
  async show(index: string): Promise<boolean> {
    const all = await this.list();
    const target = all.find((found) => found.index === index);
    const shown = all.filter((found) => found.shown && found.index !== index);
    if (target === undefined || shown.some((found) => compareIndices(found, target) > 0)) return false;
    const { alias } = this;
    const { client } = this.cluster;
    // Who waited until the one before held a write finds it in this one too.
    await client.indices.refresh({ index });
    try {
      await client.indices.updateAliases({
        actions: [
          ...shown.map((found) => ({ remove: { index: found.index, alias, must_exist: true } })),
          { add: { index, alias, filter: shownDocuments, is_write_index: true } },
        ],
      });
      return true;
    } catch (error) {
      if (isDeepStrictEqual(shownOf(await this.list()), shownOf(all))) throw error;
      return await this.show(index);
    }
  }

  async drop(index: string): Promise<void> {
    await this.cluster.client.indices.delete({ index, ignore_unavailable: true });
  }
}

const shownOf = (all: ReadonlyArray<FoundIndex>): ReadonlyArray<string> =>
  all.filter(({ shown }) => shown).map(({ index }) => index);
