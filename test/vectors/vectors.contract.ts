import { describe, expect, test } from 'vitest';
import type { Position } from '../../src/application/ports/event-store.js';
import type { Lease } from '../../src/application/ports/leases.js';
import {
  OtherDimensions,
  type NotedArticle,
  type SimilarQuery,
  type TextDigest,
  type Vectors,
} from '../../src/application/ports/vectors.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../src/domain/kernel/ids.js';

/** A place for vectors of any number of models, and what its searches find of what was just written. */
export interface VectorsUnderTest {
  open(model: string): Promise<Vectors>;
  /** Resolves when searches find all that was written. */
  found(): Promise<void>;
}

export type OpenVectorsUnderTest = () => Promise<VectorsUnderTest>;

const digest = (text: string) => text as TextDigest;
const vector = (...numbers: ReadonlyArray<number>) => Float32Array.from(numbers);
const x = vector(1, 0, 0);
const y = vector(0, 1, 0);
const z = vector(0, 0, 1);

const article = (id: string, revision = 0, change: object = {}): NotedArticle => ({
  id: id as ArticleId,
  revision,
  texts: {
    question: digest(`${id}-q`),
    whole: digest(`${id}-w`),
    category: 'gomi' as CategoryCode,
    department: 'seisou' as DepartmentCode,
    ...change,
  },
});
const retired = (id: string, revision: number): NotedArticle => ({ id: id as ArticleId, revision });

const lease = {} as Lease;

/** What every place for vectors does. */
export const vectorsContract = (open: OpenVectorsUnderTest): void => {
  const opened = async () => {
    const place = await open();
    const vectors = await place.open('model');
    const put = (all: Readonly<Record<string, Float32Array>>) =>
      vectors.put(new Map(Object.entries(all).map(([text, numbers]) => [digest(text), numbers])));
    const similar = async (to: Float32Array, query: Partial<SimilarQuery> = {}) => {
      await place.found();
      const found = await vectors.similar({ vector: to, limit: 10, also: [], ...query }, AbortSignal.timeout(5_000));
      return found.map(({ id, similarity }) => [id, Math.round(similarity * 1e6) / 1e6]);
    };
    return { ...place, vectors, put, similar };
  };

  describe('what is near', () => {
    test('nothing, when nothing is there', async () => {
      expect(await (await opened()).similar(x)).toEqual([]);
    });

    test('the mean of the cosines with question and whole, nearest first; equal ones by their ids', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x, 'a-w': y, 'b-q': x, 'b-w': x, 'c-q': z, 'c-w': z, 'd-q': y, 'd-w': x });
      await vectors.note(['d', 'c', 'b', 'a'].map((id) => article(id)));
      expect(await similar(x)).toEqual([
        ['b', 1],
        ['a', 0.5],
        ['d', 0.5],
        ['c', 0],
      ]);
      expect(await similar(vector(0.8, 0.6, 0), { limit: 1 })).toEqual([['b', 0.8]]);
    });

    test('keeps all digits of a 32-bit number', async () => {
      const { vectors, put, similar } = await opened();
      const third = vector(1 / 3, 0.94281, 0);
      await put({ 'a-q': third, 'a-w': third });
      await vectors.note([article('a')]);
      await similar(x);
      const [found] = await vectors.similar({ vector: x, limit: 1, also: [] }, AbortSignal.timeout(5_000));
      expect(found!.similarity).toBeCloseTo(Math.fround(1 / 3), 6);
    });

    test('of a category, of a department; and those asked for by name, whatever they are', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x, 'a-w': x, 'b-q': y, 'b-w': y, 'c-q': z, 'c-w': z });
      await vectors.note([
        article('a'),
        article('b', 0, { category: 'zei' }),
        article('c', 0, { category: 'zei', department: 'nouzei' }),
      ]);
      const category = 'zei' as CategoryCode;
      expect(await similar(x, { category })).toEqual([
        ['b', 0],
        ['c', 0],
      ]);
      expect(await similar(x, { category, department: 'nouzei' as DepartmentCode })).toEqual([['c', 0]]);
      const also = ['a', 'c', 'nothing'] as ArticleId[];
      expect(await similar(x, { limit: 1, category, also })).toEqual([
        ['b', 0],
        ['a', 1],
        ['c', 0],
      ]);
    });
  });

  describe('what an article lacks', () => {
    test('questions first; found by its question alone until the whole is there', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'b-q': x });
      await vectors.note([article('a'), article('b')]);
      expect(await vectors.lacking(10)).toEqual([
        { ...article('a'), lacks: 'question' },
        { ...article('b'), lacks: 'whole' },
      ]);
      expect(await vectors.lacking(1)).toEqual([{ ...article('a'), lacks: 'question' }]);
      expect(await vectors.standing()).toEqual({ articles: 2, lacking: 3 });
      expect(await similar(x)).toEqual([['b', 1]]);

      await put({ 'a-q': y, 'a-w': y, 'b-w': y });
      await vectors.note([article('a'), article('b')]);
      expect(await vectors.lacking(10)).toEqual([]);
      expect(await similar(x)).toEqual([
        ['b', 0.5],
        ['a', 0],
      ]);
      expect(await vectors.standing()).toEqual({ articles: 2, lacking: 0 });
    });

    test('a text that had its vector before is not missing again', async () => {
      const { vectors, put } = await opened();
      await put({ 'a-q': x });
      expect(await vectors.missing([digest('a-q'), digest('a-w')])).toEqual(new Set(['a-w']));
      await put({ 'a-q': x, 'a-w': y });
      expect(await vectors.missing([digest('a-q'), digest('a-w')])).toEqual(new Set());
    });
  });

  describe('articles change', () => {
    test('a revised text is not found by the vectors of the one before', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x, 'a-w': x });
      await vectors.note([article('a')]);
      await vectors.note([article('a', 1, { question: 'new-q', whole: 'new-w' })]);
      expect(await similar(x)).toEqual([]);
      await put({ 'new-q': y });
      await vectors.note([article('a', 1, { question: 'new-q', whole: 'new-w' })]);
      expect(await similar(y)).toEqual([['a', 1]]);
    });

    test('a retired one is found no more, and lacks nothing', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x, 'a-w': x });
      await vectors.note([article('a'), article('b')]);
      await vectors.note([retired('a', 1), retired('b', 1)]);
      expect(await similar(x, { also: ['a' as ArticleId] })).toEqual([]);
      expect(await vectors.lacking(10)).toEqual([]);
      expect(await vectors.standing()).toEqual({ articles: 0, lacking: 0 });
    });

    test('what is said late of an earlier revision changes nothing', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x, 'a-w': x, 'b-q': y, 'b-w': y });
      await vectors.note([retired('a', 3), article('b', 3)]);
      await vectors.note([article('a', 2), retired('b', 2)]);
      expect(await similar(x)).toEqual([['b', 0]]);
    });

    test('vectors of no article are swept away, those of an article stay', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x, 'a-w': x, 'b-q': y, 'b-w': y, lost: z });
      await vectors.note([article('a'), article('b')]);
      await vectors.note([retired('a', 1)]);
      await vectors.sweep();
      const all = ['a-q', 'a-w', 'b-q', 'b-w', 'lost'].map(digest);
      expect(await vectors.missing(all)).toEqual(new Set(['a-q', 'a-w', 'lost']));
      expect(await similar(y)).toEqual([['b', 1]]);
    });
  });

  describe('models', () => {
    test('have vectors and progress of their own; a sweep leaves those of one', async () => {
      const { open: openModel, vectors, put, found } = await opened();
      await put({ 'a-q': x, 'a-w': x });
      await vectors.note([article('a')]);
      await vectors.checkpoints.set('noting', '5' as Position, lease);

      const other = await openModel('another model');
      expect(await other.checkpoints.get('noting')).toBeUndefined();
      await other.note([article('a')]);
      expect(await other.lacking(10)).toEqual([{ ...article('a'), lacks: 'question' }]);
      await other.put(new Map(['a-q', 'a-w'].map((text) => [digest(text), vector(0, 1)])));
      await other.note([article('a')]);
      await found();
      const query = { vector: vector(0, 1), limit: 1, also: [] };
      expect(await other.similar(query, AbortSignal.timeout(5_000))).toEqual([{ id: 'a', similarity: 1 }]);

      const again = await openModel('model');
      expect(await again.missing([digest('a-q')])).toEqual(new Set());
      await other.sweep();
      const anew = await openModel('model');
      expect(await anew.missing([digest('a-q')])).toEqual(new Set(['a-q']));
      expect(await anew.checkpoints.get('noting')).toBeUndefined();
      expect(await other.missing([digest('a-q')])).toEqual(new Set());
    });

    test('of other dimensions under the same name are refused', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x });
      await vectors.note([article('a')]);
      await expect(put({ 'a-w': vector(1, 0) })).rejects.toBeInstanceOf(OtherDimensions);
      await expect(similar(vector(1, 0))).rejects.toThrow();
    });
  });

  describe('opened again', () => {
    test('all is as it was', async () => {
      const { open: openModel, vectors, put, found } = await opened();
      await put({ 'a-q': x, 'a-w': y, 'b-q': y });
      await vectors.note([article('a'), article('b'), article('c')]);
      await vectors.checkpoints.set('noting', '7' as Position, lease);
      const again = await openModel('model');
      await found();
      const near = await again.similar({ vector: x, limit: 10, also: [] }, AbortSignal.timeout(5_000));
      expect(near).toEqual([
        { id: 'a', similarity: 0.5 },
        { id: 'b', similarity: 0 },
      ]);
      expect(await again.lacking(10)).toEqual(await vectors.lacking(10));
      expect(await again.checkpoints.get('noting')).toBe('7');
    });

    test('of another event store, articles are noted anew and no vector is lost', async () => {
      const { vectors, put, similar } = await opened();
      await put({ 'a-q': x, 'a-w': x });
      await vectors.note([article('a', 9), article('b', 9)]);
      await vectors.checkpoints.set('noting', '7' as Position, lease);
      await vectors.checkpoints.set('noting', '6' as Position, lease);
      expect(await vectors.checkpoints.get('noting')).toBe('7');
      await vectors.checkpoints.drop('noting', lease);
      expect(await vectors.checkpoints.get('noting')).toBeUndefined();
      expect(await similar(x)).toEqual([]);
      await vectors.note([article('a', 2)]);
      expect(await similar(x)).toEqual([['a', 1]]);
      expect(await vectors.standing()).toEqual({ articles: 1, lacking: 0 });
    });
  });
};
