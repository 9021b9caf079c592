import { DatabaseSync } from 'node:sqlite';
import {
  OtherDimensions,
  Vectors,
  type LackingArticle,
  type NotedArticle,
  type Similar,
  type SimilarQuery,
  type TextDigest,
} from '../../../application/ports/vectors.js';
import type { Checkpoints } from '../../../application/ports/checkpoints.js';
import type { Position } from '../../../application/ports/event-store.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../../domain/kernel/ids.js';
import { transaction } from '../../sqlite/transaction.js';
import { prepared } from '../../views/sqlite/prepared.js';
import { meanOf } from '../mean.js';
import { schema, SCHEMA_VERSION } from './schema.js';
import { VectorMatrix } from './vector-matrix.js';

const LOCK_TIMEOUT_MS = 1_000;

interface ArticleRow {
  readonly id: ArticleId;
  readonly revision: number;
  readonly question: TextDigest;
  readonly whole: TextDigest;
  readonly category: CategoryCode;
  readonly department: DepartmentCode;
  readonly held: number;
}

/**
 * Vectors in a SQLite file of a process's own, and the articles' ones in memory, where they are compared. What the file
 * holds can be made again, so it is written without waiting for the disk.
 */
export class SqliteVectors extends Vectors {
  #matrix: VectorMatrix | undefined;

  override readonly checkpoints: Checkpoints = {
    get: async (reaction) => {
      const sql = 'SELECT position FROM checkpoints WHERE model = ? AND reaction = ?';
      return prepared(this.db, sql).get(this.model, reaction)?.['position'] as Position | undefined;
    },
    // One process has the file, so every lease stands.
    set: async (reaction, position) => {
      const sql = `INSERT INTO checkpoints VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET position = excluded.position WHERE position < excluded.position`;
      prepared(this.db, sql).run(this.model, reaction, position);
    },
    drop: async () => this.#forgetArticles(),
  };

  private constructor(
    private readonly db: DatabaseSync,
    private readonly model: string,
  ) {
    super();
    for (const row of this.#articles()) this.#show(row);
  }

  /** `file` is made when absent. Throws when it was written by a newer program. */
  static open(file: string, model: string): SqliteVectors {
    const db = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
      if (version > SCHEMA_VERSION) throw new Error(`the vectors are of version ${version}: newer than this program`);
      if (version === 0) transaction(db, () => db.exec(schema));
      return new SqliteVectors(db, model);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  override async note(articles: ReadonlyArray<NotedArticle>): Promise<void> {
    const upsert = `INSERT INTO articles (model, id, revision, question, whole, category, department)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (model, id) DO UPDATE SET revision = excluded.revision, question = excluded.question,
        whole = excluded.whole, category = excluded.category, department = excluded.department
      WHERE excluded.revision >= articles.revision`;
    const hold = `UPDATE articles SET held =
        EXISTS (SELECT 1 FROM vectors v WHERE v.model = articles.model AND v.digest = articles.question) +
        2 * EXISTS (SELECT 1 FROM vectors v WHERE v.model = articles.model AND v.digest = articles.whole)
      WHERE model = ? AND id = ? RETURNING *`;
    const rows = transaction(this.db, () =>
      articles.map(({ id, revision, texts }) => {
        const { question = null, whole = null, category = null, department = null } = texts ?? {};
        prepared(this.db, upsert).run(this.model, id, revision, question, whole, category, department);
        return prepared(this.db, hold).get(this.model, id) as unknown as ArticleRow;
      }),
    );
    for (const row of rows) this.#show(row);
  }

  override async missing(digests: ReadonlyArray<TextDigest>): Promise<ReadonlySet<TextDigest>> {
    return new Set(digests.filter((digest) => this.#vectorOf(digest) === undefined));
  }

  override async put(vectors: ReadonlyMap<TextDigest, Float32Array>): Promise<void> {
    const insert = 'INSERT INTO vectors VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    const known = this.#dimensions();
    const given = [...vectors.values()].find(({ length }) => length !== (known ?? length));
    if (known !== undefined && given !== undefined) throw new OtherDimensions(this.model, known, given.length);
    transaction(this.db, () => {
      for (const [digest, vector] of vectors) prepared(this.db, insert).run(this.model, digest, bytesOf(vector));
    });
  }

  override async lacking(limit: number): Promise<ReadonlyArray<LackingArticle>> {
    const sql = `SELECT * FROM articles WHERE model = ? AND question IS NOT NULL AND held < 3
      ORDER BY held & 1, id LIMIT ?`;
    const rows = prepared(this.db, sql).all(this.model, limit) as unknown as ReadonlyArray<ArticleRow>;
    return rows.map(({ id, revision, question, whole, category, department, held }) => ({
      id,
      revision,
      texts: { question, whole, category, department },
      lacks: (held & 1) === 0 ? 'question' : 'whole',
    }));
  }

  override async sweep(): Promise<void> {
    transaction(this.db, () => {
      for (const table of ['vectors', 'articles', 'checkpoints'])
        prepared(this.db, `DELETE FROM ${table} WHERE model <> ?`).run(this.model);
      this.db.exec(`DELETE FROM vectors WHERE digest NOT IN (
        SELECT question FROM articles WHERE question IS NOT NULL UNION SELECT whole FROM articles WHERE whole IS NOT NULL
      )`);
    });
  }

  override async similar(query: SimilarQuery): Promise<ReadonlyArray<Similar>> {
    if (this.#matrix === undefined) return [];
    const { dimensions } = this.#matrix;
    if (query.vector.length !== dimensions) throw new OtherDimensions(this.model, dimensions, query.vector.length);
    return this.#matrix.similar(query);
  }

  override async standing() {
    const sql = `SELECT count(*) AS articles, coalesce(sum(2 - (held & 1) - held / 2), 0) AS lacking
      FROM articles WHERE model = ? AND question IS NOT NULL`;
    return { ...prepared(this.db, sql).get(this.model) } as { articles: number; lacking: number };
  }

  /** Their revisions are those of a store that is gone; the vectors of their texts are as good as before. */
  #forgetArticles(): void {
    transaction(this.db, () => {
      for (const table of ['articles', 'checkpoints'])
        prepared(this.db, `DELETE FROM ${table} WHERE model = ?`).run(this.model);
    });
    this.#matrix = undefined;
  }

  #articles(): ReadonlyArray<ArticleRow> {
    const sql = 'SELECT * FROM articles WHERE model = ? AND held > 0';
    return prepared(this.db, sql).all(this.model) as unknown as ReadonlyArray<ArticleRow>;
  }

  /** Puts into memory what the article is compared by now. */
  #show({ id, question, whole, category, department }: ArticleRow): void {
    const vectors = [question, whole].flatMap((digest) => this.#vectorOf(digest) ?? []);
    if (vectors.length === 0) this.#matrix?.delete(id);
    else {
      this.#matrix ??= new VectorMatrix(vectors[0]!.length);
      this.#matrix.set({ id, category, department }, meanOf(vectors));
    }
  }

  #vectorOf(digest: TextDigest | null): Float32Array | undefined {
    const row = prepared(this.db, 'SELECT vector FROM vectors WHERE model = ? AND digest = ?').get(this.model, digest);
    return row === undefined ? undefined : vectorOf(row['vector'] as Uint8Array);
  }

  #dimensions(): number | undefined {
    const sql = 'SELECT length(vector) / 4 AS dimensions FROM vectors WHERE model = ? LIMIT 1';
    return prepared(this.db, sql).get(this.model)?.['dimensions'] as number | undefined;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

// Copied, because a view of numbers must begin at a multiple of four.
const vectorOf = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);
