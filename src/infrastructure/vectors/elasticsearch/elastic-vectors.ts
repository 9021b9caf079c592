import { errors, type Client, type estypes } from '@elastic/elasticsearch';
import { CheckpointLost, type Checkpoints } from '../../../application/ports/checkpoints.js';
import type { Position } from '../../../application/ports/event-store.js';
import {
  OtherDimensions,
  Vectors,
  type ArticleTexts,
  type LackingArticle,
  type NotedArticle,
  type Similar,
  type SimilarQuery,
  type TextDigest,
} from '../../../application/ports/vectors.js';
import type { ArticleId } from '../../../domain/kernel/ids.js';
import { writeAll, type Write } from '../../views/elasticsearch/bulk.js';
import { soon, type Cluster } from '../../views/elasticsearch/client.js';
import { term } from '../../views/elasticsearch/keyset-page.js';
import { meanOf } from '../mean.js';
import { nearestFirst } from '../nearest-first.js';
import { createVectorIndex, vectorIndex, vectorIndices } from './vectors-index.js';

/** Of one page, when everything is looked through. */
const PAGE = 5_000;

type Query = estypes.QueryDslQueryContainer;

/** `lacks`: 2 for the question's vector, and 1 for the whole's. Not published: only a revision. */
interface StoredArticle extends Partial<ArticleTexts> {
  readonly revision: number;
  readonly lacks?: number;
}

interface Found<Doc> {
  readonly source: Doc;
  readonly seen: { readonly seqNo: number; readonly primaryTerm: number };
}

interface StoredCheckpoint {
  readonly position: Position;
}

const idOf = {
  article: (id: string) => `article:${id}`,
  text: (digest: string) => `text:${digest}`,
  checkpoint: (reaction: string) => `checkpoint:${reaction}`,
};

/** Vectors in an index of Elasticsearch, where they are compared too; for all processes. */
export class ElasticVectors extends Vectors {
  readonly #index: string;

  readonly #reached = new Map<string, Position>();
  #created: Promise<void> | undefined;

  override readonly checkpoints: Checkpoints = {
    get: async (reaction) => {
      const [found] = await this.#get<StoredCheckpoint>([idOf.checkpoint(reaction)]);
      if (found === undefined) this.#reached.delete(reaction);
      else this.#reached.set(reaction, found.source.position);
      return found?.source.position;
    },
    // Whoever writes it, what it says was noted was noted in this very index.
    set: async (reaction, position) => {
      const id = idOf.checkpoint(reaction);
      for (let conflicts: ReadonlyArray<string> = [id]; conflicts.length > 0;) {
        const [before] = await this.#get<StoredCheckpoint>([id]);
        const stands = before?.source.position ?? '';
        // The index was deleted, or an older one restored.
        if (stands < (this.#reached.get(reaction) ?? '')) throw new CheckpointLost(reaction);
        if (stands >= position) return;
        conflicts = await this.#write([writeOf(id, { kind: 'checkpoint', position }, before)]);
      }
      this.#reached.set(reaction, position);
    },
    drop: async (reaction) => {
      this.#reached.delete(reaction);
      const query: Query = { terms: { kind: ['article', 'unpublished', 'checkpoint'] } };
      await this.#refresh();
      await this.#client.deleteByQuery({ index: this.#index, query, conflicts: 'proceed', refresh: true });
    },
  };

  constructor(
    private readonly cluster: Cluster,
    private readonly model: string,
  ) {
    super();
    this.#index = vectorIndex(cluster.prefix, model);
  }

  get #client(): Client {
    return this.cluster.client;
  }

  override async note(articles: ReadonlyArray<NotedArticle>): Promise<void> {
    let open = new Map(articles.map((article) => [idOf.article(article.id), article]));
    while (open.size > 0) {
      const before = await this.#get<StoredArticle>([...open.keys()]);
      const vectors = await this.#vectorsOf(
        [...open.values()].flatMap(({ texts }) => (texts ? [texts.question, texts.whole] : [])),
      );
      const writes = [...open].flatMap(([id, article], i) =>
        (before[i]?.source.revision ?? -1) > article.revision
          ? []
          : [writeOf(id, documentOf(article, vectors), before[i])],
      );
      // Noted meanwhile by somebody else: once more, on top of that.
      const conflicts = new Set(await this.#write(writes));
      open = new Map([...open].filter(([id]) => conflicts.has(id)));
    }
  }

  override async missing(digests: ReadonlyArray<TextDigest>): Promise<ReadonlySet<TextDigest>> {
    const found = await this.#get<unknown>(digests.map(idOf.text), ['key']);
    return new Set(digests.filter((_, i) => found[i] === undefined));
  }

  override async put(vectors: ReadonlyMap<TextDigest, Float32Array>): Promise<void> {
    await this.#exists();
    const known = await this.#dimensions();
    const given = [...vectors.values()].find(({ length }) => length !== (known ?? length));
    if (known !== undefined && given !== undefined) throw new OtherDimensions(this.model, known, given.length);
    const writes = [...vectors].map(([key, { buffer, byteOffset, byteLength }]) => {
      const numbers = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
      return writeOf(idOf.text(key), { kind: 'text', key, numbers });
    });
    // A conflict is the same vector, put by somebody else.
    await this.#write(writes);
  }

  override async lacking(limit: number): Promise<ReadonlyArray<LackingArticle>> {
    await this.#refresh();
    const { hits } = await this.#client.search<Required<StoredArticle> & { readonly key: ArticleId }>({
      index: this.#index,
      query: { range: { lacks: { gt: 0 } } },
      sort: [{ lacks: 'desc' }, { key: 'asc' }],
      size: limit,
      _source: { excludes: ['vector'] },
    });
    return hits.hits.map(({ _source }) => {
      const { key, revision, question, whole, category, department, lacks } = _source!;
      const texts = { question, whole, category, department };
      return { id: key, revision, texts, lacks: lacks === 1 ? 'whole' : 'question' };
    });
  }

  override async sweep(): Promise<void> {
    await this.#exists();
    const index = this.#index;
    const all = Object.keys(await this.#client.indices.get({ index: vectorIndices(this.cluster.prefix) }));
    const others = all.filter((name) => name !== index);
    if (others.length > 0) await this.#client.indices.delete({ index: others, ignore_unavailable: true });
    await this.#refresh();
    const named = new Set<string>();
    for await (const article of this.#all('article', ['question', 'whole']))
      for (const digest of article) named.add(digest);
    const lost: string[] = [];
    for await (const [digest] of this.#all('text', ['key'])) if (!named.has(digest!)) lost.push(idOf.text(digest!));
    for (let from = 0; from < lost.length; from += PAGE)
      await this.#client.bulk({
        operations: lost.slice(from, from + PAGE).map((_id) => ({ delete: { _index: index, _id } })),
      });
  }

  override async similar(query: SimilarQuery, signal: AbortSignal): Promise<ReadonlyArray<Similar>> {
    const { vector, category, department, limit, also } = query;
    const filter = [...term('category', category), ...term('department', department)];
    const [nearest, others] = await Promise.all([
      this.#compare(vector, filter, limit, signal),
      also.length === 0 ? [] : this.#compare(vector, [{ terms: { key: [...also] } }], also.length, signal),
    ]);
    const known = new Set(nearest.map(({ id }) => id));
    return [...nearest, ...others.filter(({ id }) => !known.has(id))];
  }

  override async standing() {
    const { aggregations } = await this.#client.search<
      unknown,
      Record<'articles' | 'questions' | 'wholes', estypes.AggregationsFilterAggregate>
    >(
      {
        index: this.#index,
        ignore_unavailable: true,
        size: 0,
        aggs: {
          articles: { filter: { term: { kind: 'article' } } },
          questions: { filter: { terms: { lacks: [2, 3] } } },
          wholes: { filter: { terms: { lacks: [1, 3] } } },
        },
      },
      soon,
    );
    // Not created yet.
    if (aggregations === undefined) return { articles: 0, lacking: 0 };
    const { articles, questions, wholes } = aggregations;
    return { articles: articles.doc_count, lacking: questions.doc_count + wholes.doc_count };
  }

  async #compare(
    vector: Float32Array,
    filter: ReadonlyArray<Query>,
    size: number,
    signal: AbortSignal,
  ): Promise<ReadonlyArray<Similar>> {
    const { hits } = await this.#client.search(
      {
        index: this.#index,
        // Whoever searches does not wait for an index to be created: without one nothing is near.
        ignore_unavailable: true,
        query: {
          script_score: {
            query: { bool: { filter: [{ exists: { field: 'vector' } }, ...filter] } },
            // A score is never below zero.
            script: { source: "dotProduct(params.vector, 'vector') + 1.0", params: { vector: [...vector] } },
          },
        },
        size,
        track_total_hits: false,
        // To unpack 200 documents takes many times as long as to compare 10,000.
        stored_fields: '_none_',
        docvalue_fields: ['key'],
      },
      { signal, maxRetries: 0 },
    );
    return hits.hits
      .map(({ fields, _score }) => ({ id: (fields!['key'] as [ArticleId])[0], similarity: _score! - 1 }))
      .toSorted(nearestFirst);
  }

  async #vectorsOf(digests: ReadonlyArray<TextDigest>): Promise<ReadonlyMap<TextDigest, Float32Array>> {
    const found = await this.#get<{ readonly numbers: string }>(digests.map(idOf.text));
    return new Map(
      digests.flatMap((digest, i) => (found[i] === undefined ? [] : [[digest, vectorOf(found[i].source.numbers)]])),
    );
  }

  async #dimensions(): Promise<number | undefined> {
    const mapping = await this.#client.indices.getMapping({ index: this.#index });
    const { vector } = mapping[this.#index]!.mappings.properties!;
    return (vector as estypes.MappingDenseVectorProperty).dims;
  }

  /** The index is there, unless somebody deleted it since; a cluster may come up after us. */
  #exists(): Promise<void> {
    this.#created ??= createVectorIndex(this.#client, this.cluster.prefix, this.model).catch((error: unknown) => {
      this.#created = undefined;
      throw error;
    });
    return this.#created;
  }

  /** Has searches find all that was written. */
  async #refresh(): Promise<void> {
    await this.#exists();
    try {
      await this.#client.indices.refresh({ index: this.#index });
    } catch (error) {
      if (error instanceof errors.ResponseError && error.statusCode === 404) this.#created = undefined;
      throw error;
    }
  }

  /** As they are now, also what no search finds yet; in the same order. */
  async #get<Doc>(
    ids: ReadonlyArray<string>,
    source?: ReadonlyArray<string>,
  ): Promise<ReadonlyArray<Found<Doc> | undefined>> {
    if (ids.length === 0) return [];
    await this.#exists();
    const { docs } = await this.#client.mget<Doc>({
      index: this.#index,
      ids: [...ids],
      ...(source !== undefined && { _source: [...source] }),
    });
    return docs.map((doc) => {
      if ('error' in doc) {
        this.#created = undefined;
        throw new Error(`the vectors cannot be read: ${doc.error.type}`);
      }
      if (!doc.found) return undefined;
      return { source: doc._source!, seen: { seqNo: doc._seq_no!, primaryTerm: doc._primary_term! } };
    });
  }

  /** Resolves with the ids of what somebody else wrote meanwhile. */
  async #write(writes: ReadonlyArray<Write>): Promise<ReadonlyArray<string>> {
    const { conflicts, refused } = await writeAll(this.#client, this.#index, writes);
    if (refused.length > 0) throw new Error(`the vectors cannot be written: ${refused[0]!.reason}`);
    return conflicts;
  }

  /** Of each document of a kind, the values of the fields; read from columns, without unpacking it. */
  async *#all(kind: string, fields: ReadonlyArray<string>): AsyncGenerator<ReadonlyArray<string>> {
    for (let after: estypes.SortResults | undefined; ;) {
      const { hits } = await this.#client.search({
        index: this.#index,
        query: { term: { kind } },
        sort: [{ key: 'asc' }],
        size: PAGE,
        stored_fields: '_none_',
        docvalue_fields: [...fields],
        ...(after !== undefined && { search_after: after }),
      });
      for (const hit of hits.hits) yield fields.map((field) => (hit.fields![field] as [string])[0]);
      if (hits.hits.length < PAGE) return;
      after = hits.hits.at(-1)!.sort!;
    }
  }
}

const writeOf = (id: string, source: object, before?: Found<unknown>): Write => ({
  id,
  source: JSON.stringify(source),
  ...(before !== undefined && { ifSeen: before.seen }),
});

const documentOf = (
  { id: key, revision, texts }: NotedArticle,
  vectors: ReadonlyMap<TextDigest, Float32Array>,
): object => {
  if (texts === undefined) return { kind: 'unpublished', key, revision };
  const held = [texts.question, texts.whole].flatMap((digest) => vectors.get(digest) ?? []);
  const lacks = (vectors.has(texts.question) ? 0 : 2) + (vectors.has(texts.whole) ? 0 : 1);
  return { kind: 'article', key, revision, ...texts, lacks, ...(held.length > 0 && { vector: [...meanOf(held)] }) };
};

const vectorOf = (base64: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
