import { describe, expect, test, vi } from 'vitest';
import { HybridFaqSearch } from '../../src/application/hybrid-search/hybrid-faq-search.js';
import { QueryVectors } from '../../src/application/hybrid-search/query-vectors.js';
import type { FaqHit, FaqQuery, LexicalFaqSearch } from '../../src/application/ports/faq-search.js';
import type { Vectors } from '../../src/application/ports/vectors.js';
import { ArticlePublished, ArticleRetired, type ArticleContent } from '../../src/domain/faq/events.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../src/domain/kernel/ids.js';
import type { EventLog } from '../views/event-log.js';
import { fill } from './filling.js';
import { ToldEmbeddings } from './told-embeddings.js';

/** Search by words and the vectors of one engine, over a log of their own. */
export interface HybridUnderTest {
  readonly log: EventLog;
  readonly lexical: LexicalFaqSearch;
  readonly vectors: Vectors;
  /** Resolves when searches find all that the log holds. */
  caughtUp(): Promise<void>;
  /** Resolves when searches find all vectors that were written. */
  found(): Promise<void>;
}

const article = (question: string, answer: string, category: string, department: string) =>
  ({ question, answer, category, department }) as ArticleContent;

const city: Readonly<Record<string, ArticleContent>> = {
  sodai: article('粗大ごみを出すには、どうすればよいですか。', '電話で申し込んでください。', 'gomi', 'seisou'),
  piano: article('ピアノは引き取ってもらえますか。', '販売店にご相談ください。', 'gomi', 'seisou'),
  shussei: article('出生届はどこへ出しますか。', '市民課の窓口です。', 'todoke', 'shimin'),
  inu: article('飼い犬の登録を教えてください。', '保健所の窓口で登録します。', 'todoke', 'hokenjo'),
};

/** What the test's model takes texts to be about. */
const topics = [/粗大|箪笥|捨て/, /ピアノ|楽器/, /出生|赤ちゃん/, /犬|ペット/];
const vectorOf = (text: string) => topics.map((topic) => (topic.test(text) ? 1 : 0.1));

/** Longer than any machine takes. */
const PATIENCE_MS = 20_000;

const ids = (hits: ReadonlyArray<{ readonly id: string }>) => hits.map(({ id }) => id);

/** What search by words and meaning does over every engine. */
export const hybridSearchContract = (open: () => Promise<HybridUnderTest>): void => {
  const opened = async ({ filled = true, deadlineMs = PATIENCE_MS } = {}) => {
    const under = await open();
    const { log, lexical, vectors, caughtUp, found } = under;
    for (const [id, content] of Object.entries(city)) log.add('faq', id, ArticlePublished(content));
    await caughtUp();
    const embeddings = new ToldEmbeddings(vectorOf);
    if (filled) await fill(log, embeddings, vectors).filled(4);
    await found();
    embeddings.asked.length = 0;
    const queries = new QueryVectors(embeddings, { deadlineMs, failures: 2 });
    const hybrid = new HybridFaqSearch(lexical, vectors, queries, PATIENCE_MS);
    const search = (text: string, query: Partial<FaqQuery> = {}) => hybrid.search({ text, limit: 10, ...query });
    return { ...under, embeddings, hybrid, search };
  };

  describe('by words and meaning', () => {
    test('what is meant comes first, also where no word of it is written, and shows what matched of it', async () => {
      const { search, lexical } = await opened();
      const { items, ranking, proposals } = await search('赤ちゃんの窓口');
      expect({ ranking, proposals }).toEqual({ ranking: 'hybrid', proposals: [] });
      expect(ids(items)[0]).toBe('shussei');
      expect(new Set(ids(items))).toEqual(new Set(Object.keys(city)));
      // Words alone find both windows, and nothing else.
      expect(ids(await lexical.rank({ text: '赤ちゃんの窓口', limit: 10 })).toSorted()).toEqual(['inu', 'shussei']);
      const marked = ({ text, matches }: FaqHit['snippet']) => matches.map(({ start, end }) => text.slice(start, end));
      expect(marked(items[0]!.snippet)).toEqual(['窓口']);
      const piano = items.find(({ id }) => id === 'piano')!;
      expect(piano).toMatchObject({
        question: { text: city['piano']!.question, matches: [] },
        snippet: { text: city['piano']!.answer, matches: [] },
        category: 'gomi',
        department: 'seisou',
      });
      expect(items.map(({ score }) => score)).toEqual(items.map(({ score }) => score).toSorted((a, b) => b - a));
    });

    test('of a category, of a department, and as many as asked for', async () => {
      const { search } = await opened();
      const category = 'gomi' as CategoryCode;
      expect(ids((await search('ペットの電話', { category })).items).toSorted()).toEqual(['piano', 'sodai']);
      const department = 'shimin' as DepartmentCode;
      expect(ids((await search('ペットの窓口', { department })).items)).toEqual(['shussei']);
      expect(ids((await search('ペットの窓口', { limit: 1 })).items)).toEqual(['inu']);
    });

    test('what the view does not show is not shown, though its vectors are there still', async () => {
      const { log, caughtUp, search, lexical, vectors } = await opened({ filled: false });
      await fill(log, new ToldEmbeddings(vectorOf), vectors).stop();
      log.add('faq', 'inu', ArticleRetired({}));
      await caughtUp();
      const similar = vi.spyOn(vectors, 'similar');
      similar.mockResolvedValue(['inu', 'shussei'].map((id, i) => ({ id: id as ArticleId, similarity: 0.9 - i / 10 })));
      const { items, ranking } = await search('ペットの窓口');
      expect({ ids: ids(items), ranking }).toEqual({ ids: ['shussei'], ranking: 'hybrid' });
      expect(await lexical.show([{ id: 'inu' as ArticleId, score: 1 }], { text: '犬', limit: 1 })).toEqual([]);
    });
  });

  describe('where no word is found', () => {
    test('nothing is found, and what is nearest in meaning is proposed after what is written alike', async () => {
      const { search } = await opened();
      const { items, ranking, proposals } = await search('箪笥');
      expect({ items, ranking }).toEqual({ items: [], ranking: 'hybrid' });
      expect(proposals[0]).toEqual({ id: 'sodai', question: city['sodai']!.question });
      expect(new Set(ids(proposals)).size).toBe(proposals.length);
      const typo = await search('ペアノ楽器');
      expect(typo.items).toEqual([]);
      expect(ids(typo.proposals)[0]).toBe('piano');
    });

    test('a text without letters and digits means nothing', async () => {
      const { search, embeddings } = await opened();
      for (const text of ['', ' ', '。', '!?'])
        expect(await search(text)).toEqual({ items: [], ranking: 'lexical', proposals: [] });
      expect(embeddings.asked).toEqual([]);
    });
  });

  describe('by words alone, which the answer says', () => {
    const text = '犬の窓口';
    const expectLexical = async (search: (text: string) => Promise<unknown>, lexical: LexicalFaqSearch) => {
      const alone = await lexical.search({ text, limit: 10 });
      expect(alone.ranking).toBe('lexical');
      expect(ids(alone.items)).toEqual(['shussei', 'inu']);
      expect(await search(text)).toEqual(alone);
    };

    test('as you type: nothing is sent anywhere', async () => {
      const { hybrid, lexical, embeddings } = await opened();
      const typed = { text: '粗大ご', limit: 10, unfinished: true };
      const found = await hybrid.search(typed);
      expect(found.ranking).toBe('lexical');
      expect(found).toEqual(await lexical.search(typed));
      expect(embeddings.asked).toEqual([]);
    });

    test.each(['down', 'silent'] as const)('when the endpoint is %s, in time', async (state) => {
      const { search, lexical, embeddings } = await opened({ deadlineMs: 100 });
      embeddings.state = state;
      await expectLexical(search, lexical);
    });

    test('while no vectors are there', async () => {
      const { search, lexical } = await opened({ filled: false });
      await expectLexical(search, lexical);
    });

    test('when vectors cannot be compared', async () => {
      const { search, lexical, vectors } = await opened();
      vi.spyOn(vectors, 'similar').mockRejectedValue(new Error('as told'));
      await expectLexical(search, lexical);
    });
  });
};
