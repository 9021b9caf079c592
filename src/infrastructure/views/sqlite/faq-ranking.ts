import type { DatabaseSync } from 'node:sqlite';
import { idOfRow, lengthOfRow, type SearchField } from './faq-articles.js';
import { bigrams } from '../japanese/analysis.js';
import { SYNONYM_WEIGHT, type JapaneseQuery, type Part, type Wording } from '../japanese/query.js';
import { prepared } from './prepared.js';

/** An article's row and its score: higher is better. */
export interface Ranked {
  readonly id: number;
  readonly score: number;
}

/** Okapi BM25 as Lucene has it. */
const K1 = 1.2;
const B = 0.75;
/** A part of a word says less than a word; it stands in for a word that no article has. */
const WEIGHT_OF_PARTS = 0.1;
/** That an article holds a word at all, wherever: so that one word again and again does not outweigh several. */
const WEIGHT_OF_PRESENCE = 0.5;

/** The fields that hold words as they are. */
const texts = ['question', 'answer'] as const;

/** The share of pairs that a proposal has in common with the query. */
const ALIKE = 0.49;

/** Above every character that a term can hold. */
const LAST = '\u{10FFFF}';

/** The rows of the index, one for each occurrence, in order. */
type Rows = ArrayLike<number>;

/**
 * The articles that hold anything of the query, best first: BM25 in question and in answer, added up, as measured
 * better than one field for both. The sum is taken here, not by FTS5's own `bm25()`: that looks up every article's
 * length, takes about three times as long, and gives words of more than half of the articles no weight at all.
 */
export const rank = (
  db: DatabaseSync,
  query: JapaneseQuery,
  allowed: ReadonlySet<number> | undefined,
  limit: number,
): ReadonlyArray<Ranked> => {
  const scores = new Scores(db);
  const weigher = new Weigher(db);
  weigher.weighAny(query, scores);
  const { prefix } = query;
  if (prefix !== undefined && !query.terms.includes(prefix)) weigher.weighPrefix(prefix, scores);
  for (const { written, alternatives } of query.concepts) {
    const concept = new Scores(db);
    weigher.weighAny(written, concept);
    const mostIdf = weigher.idfOfAll(written.terms);
    for (const alternative of alternatives) {
      const other = new Scores(db);
      weigher.weighWhole(alternative, mostIdf, other);
      concept.raiseTo(other);
    }
    scores.addAll(concept);
  }
  return scores.best(allowed, limit);
};

/** The articles that hold at least half of the pairs of characters, those that hold most of them first. */
export const alike = (db: DatabaseSync, pairs: ReadonlyArray<string>, limit: number): ReadonlyArray<Ranked> => {
  const scores = new Scores(db);
  // Not by their occurrences: a pair such as ます is in nearly every article, and in each many times.
  for (const text of pairs) for (const row of rowsWithPart(db, { text })) scores.add(idOfRow(row), 1 / pairs.length);
  return scores.best(undefined, limit).filter(({ score }) => score >= ALIKE);
};

/** A score for each article; a typed array, because a common word is in most of them. */
class Scores {
  readonly #ofId: Float64Array;

  constructor(db: DatabaseSync) {
    const { last } = prepared(db, 'SELECT max(id) AS last FROM analyses').get() as { last: number | null };
    this.#ofId = new Float64Array((last ?? 0) + 1);
  }

  add(id: number, score: number): void {
    this.#ofId[id]! += score;
  }

  /** The same score for each article that any of the rows is of, by how many articles they are. */
  addToEach(found: ReadonlyArray<Rows>, scoreOf: (articles: number) => number): void {
    const holds = new Uint8Array(this.#ofId.length);
    const ids: number[] = [];
    for (const rows of found)
      for (let i = 0; i < rows.length; i++) {
        const id = idOfRow(rows[i]!);
        if (holds[id] === 0) ids.push(id);
        holds[id] = 1;
      }
    const score = scoreOf(ids.length);
    for (const id of ids) this.#ofId[id]! += score;
  }

  addAll(others: Scores): void {
    for (let id = 0; id < this.#ofId.length; id++) this.#ofId[id]! += others.#ofId[id]!;
  }

  /** Keeps the better score of each article. */
  raiseTo(others: Scores): void {
    for (let id = 0; id < this.#ofId.length; id++)
      if (others.#ofId[id]! > this.#ofId[id]!) this.#ofId[id] = others.#ofId[id]!;
  }

  /** Highest first; of equal ones, the earlier article. */
  best(allowed: ReadonlySet<number> | undefined, limit: number): ReadonlyArray<Ranked> {
    const best: Ranked[] = [];
    for (let id = 0; id < this.#ofId.length; id++) {
      const score = this.#ofId[id]!;
      if (score === 0 || (best.length === limit && score <= best[limit - 1]!.score)) continue;
      if (allowed !== undefined && !allowed.has(id)) continue;
      const place = best.findIndex((other) => other.score < score);
      best.splice(place < 0 ? best.length : place, 0, { id, score });
      if (best.length > limit) best.pop();
    }
    return best;
  }
}

/** How much words count in the articles that hold them. */
class Weigher {
  readonly #fields: Readonly<Record<SearchField, FieldWeigher>>;
  /** Read once for a query, though a concept asks again. */
  readonly #read = new Map<string, Rows>();

  constructor(private readonly db: DatabaseSync) {
    const of = (field: SearchField) => new FieldWeigher(db, field);
    this.#fields = { question: of('question'), answer: of('answer'), parts: of('parts') };
  }

  /** Any of the wording is enough. */
  weighAny({ terms, parts }: Wording, scores: Scores): void {
    // A part belongs to the word that it is the surface of; one of no word is looked for by itself.
    const partsOf = Map.groupBy(parts, ({ term, text }) => term ?? text);
    for (const term of new Set([...terms, ...partsOf.keys()])) {
      const rows = terms.includes(term) ? this.#rowsOf([term]) : [];
      this.#weighOne(rows, partsOf.get(term) ?? [], 1, scores);
    }
  }

  /** All of the wording, as one term that counts no more than one of this idf. */
  weighWhole({ terms, parts }: Wording, mostIdf: number, scores: Scores): void {
    this.#weighOne(this.#rowsOf(terms), parts, SYNONYM_WEIGHT, scores, mostIdf);
  }

  weighPrefix(prefix: string, scores: Scores): void {
    for (const field of texts) this.#fields[field].weigh(occurrencesOfPrefix(this.db, field, prefix), 1, scores);
  }

  /** What an article has that holds all of these terms, as far as any article does; without one, no bound. */
  idfOfAll(terms: ReadonlyArray<string>): number {
    const sums = texts.map((field) =>
      terms
        .map((term) => this.#occurrences(field, term))
        .reduce((sum, rows) => (rows.length === 0 ? sum : sum + this.#fields[field].idf(rows)), 0),
    );
    return Math.max(...sums) || Infinity;
  }

  #occurrences(field: SearchField, term: string): Rows {
    const key = `${field} ${term}`;
    const rows = this.#read.get(key) ?? occurrences(this.db, field, term);
    this.#read.set(key, rows);
    return rows;
  }

  /** Of a term, or of terms side by side, in question and answer. */
  #rowsOf(terms: ReadonlyArray<string>): ReadonlyArray<Rows> {
    return texts.map((field) =>
      terms.length === 1 ? this.#occurrences(field, terms[0]!) : rowsWithPhrase(this.db, field, terms),
    );
  }

  /** One thing that is looked for, by its rows in question and answer and by the parts that stand for it. */
  #weighOne(
    rows: ReadonlyArray<Rows>,
    parts: ReadonlyArray<Part>,
    weight: number,
    scores: Scores,
    mostIdf = Infinity,
  ): void {
    const isKnown = rows.some(({ length }) => length > 0);
    const rowsOfParts = parts.map((part) => rowsWithPart(this.db, part));
    for (const [i, found] of rows.entries()) this.#fields[texts[i]!].weigh(found, weight, scores, mostIdf);
    for (const [i, { term }] of parts.entries()) {
      const standsIn = term !== undefined && !isKnown;
      this.#fields.parts.weigh(rowsOfParts[i]!, weight * (standsIn ? 1 : WEIGHT_OF_PARTS), scores, mostIdf);
    }
    scores.addToEach([...rows, ...rowsOfParts], (articles) => {
      const idf = Math.min(this.#fields.question.idfOf(articles), mostIdf);
      return weight * WEIGHT_OF_PRESENCE * idf;
    });
  }
}

/** BM25 in one field. */
class FieldWeigher {
  readonly #articles: number;
  readonly #averageLength: number;

  constructor(db: DatabaseSync, field: SearchField) {
    const totals = prepared(db, 'SELECT articles, terms FROM totals WHERE field = ?').get(field)!;
    this.#articles = totals['articles'] as number;
    this.#averageLength = Math.max(1, (totals['terms'] as number) / Math.max(1, this.#articles));
  }

  idf(rows: Rows): number {
    let found = 0;
    for (let i = 0; i < rows.length; i++) if (rows[i] !== rows[i - 1]) found++;
    return this.idfOf(found);
  }

  /** Of what so many articles hold. */
  idfOf(found: number): number {
    return Math.log(1 + (this.#articles - found + 0.5) / (found + 0.5));
  }

  weigh(rows: Rows, weight: number, scores: Scores, mostIdf = Infinity): void {
    const idf = Math.min(this.idf(rows), mostIdf);
    for (let i = 0; i < rows.length;) {
      const row = rows[i]!;
      const first = i;
      while (rows[i] === row) i++;
      const frequency = i - first;
      const norm = K1 * (1 - B + (B * lengthOfRow(row)) / this.#averageLength);
      scores.add(idOfRow(row), (weight * idf * frequency * (K1 + 1)) / (frequency + norm));
    }
  }
}

// One JSON array is read many times faster than as many rows.
const rowsOf = (row: Record<string, unknown> | undefined): ReadonlyArray<number> =>
  JSON.parse(row?.['found'] as string) as ReadonlyArray<number>;

const occurrences = (db: DatabaseSync, field: SearchField, term: string): Rows =>
  rowsOf(prepared(db, `SELECT json_group_array(doc) AS found FROM ${field}_occurrences WHERE term = ?`).get(term));

const occurrencesOfPrefix = (db: DatabaseSync, field: SearchField, prefix: string): Rows => {
  const sql = `SELECT json_group_array(doc) AS found FROM ${field}_occurrences WHERE term >= ? AND term < ?`;
  // Term by term, so that an article can come again: put in order, its occurrences stand together.
  return Float64Array.from(rowsOf(prepared(db, sql).get(prefix, prefix + LAST))).toSorted();
};

const rowsWithPhrase = (db: DatabaseSync, field: SearchField, terms: ReadonlyArray<string>): Rows => {
  const sql = `SELECT json_group_array(rowid) AS found FROM ${field} WHERE ${field} MATCH ?`;
  return rowsOf(prepared(db, sql).get(`"${terms.join(' ')}"`));
};

const rowsWithPart = (db: DatabaseSync, { text }: Part): ReadonlyArray<number> => {
  const pairs = bigrams(text);
  const phrase = pairs.length === 1 ? `"${text}" *` : `"${pairs.slice(0, -1).join(' ')}"`;
  return rowsOf(prepared(db, 'SELECT json_group_array(rowid) AS found FROM parts WHERE parts MATCH ?').get(phrase));
};
