import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaqHit, FaqQuery, MatchedText } from '../../src/application/ports/faq-search.js';
import { ArticlePublished, ArticleRetired, ArticleRevised } from '../../src/domain/faq/events.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../src/domain/kernel/ids.js';
import type { OpenViewsUnderTest } from './views-under-test.js';

interface Article {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly category?: string;
  readonly department?: string;
}

const content = ({ question, answer, category = 'kurashi', department = 'shimin' }: Article) => ({
  question,
  answer,
  category: category as CategoryCode,
  department: department as DepartmentCode,
});

const city: ReadonlyArray<Article> = [
  {
    id: 'sodai',
    question: '粗大ごみを出すには、どうすればよいですか。',
    answer: '事前に電話かインターネットで申し込み、手数料の券を買って貼ってください。',
    category: 'gomi',
    department: 'seisou',
  },
  {
    id: 'moeru',
    question: '燃えるものは何曜日に集めますか。',
    answer: '地区ごとに週二回です。ゴミは朝八時までに集積所へ出してください。',
    category: 'gomi',
    department: 'seisou',
  },
  {
    id: 'hikkoshi',
    question: '引っ越した後の届け出は必要ですか。',
    answer: '新しい住所に住み始めてから十四日以内に、転入届を窓口へ出してください。',
  },
  {
    id: 'mynumber',
    question: 'マイナンバーカードを受け取れません。',
    answer: '代理人が受け取ることもできます。本人の委任状と、ＩＣチップの暗証番号をお持ちください。',
  },
  {
    id: 'hoken',
    question: '国民健康保険の保険証をなくしました。',
    answer: '窓口で再発行を申請してください。コンピューターの保守の日は後日郵送します。',
    department: 'kokuho-nenkin',
  },
  { id: 'parking', question: 'ﾊﾟｰｷﾝｸﾞはありますか。', answer: '𠮷野町の立体駐車場を𠮷野通りから使えます。' },
];

const ids = (hits: ReadonlyArray<FaqHit>) => hits.map(({ id }) => id as string);
const marked = ({ text, matches }: MatchedText) => matches.map(({ start, end }) => text.slice(start, end));

const loneHalf = fc.constantFrom('\uD842', '\uDFB7', 'ご', 'ﾞ', 'a', '"', '\u3099');

/** What every engine finds (S1). No case stands for a figure: retrieval quality is measured elsewhere. */
export const faqSearchContract = (open: OpenViewsUnderTest): void => {
  const searchOver = async (articles: ReadonlyArray<Article>) => {
    const { log, caughtUp, faqSearch: search } = await open();
    for (const article of articles) log.add('faq', article.id, ArticlePublished(content(article)));
    await caughtUp();
    return { log, caughtUp, search };
  };

  const find = async (text: string, query: Partial<FaqQuery> = {}): Promise<ReadonlyArray<FaqHit>> =>
    (await (await searchOver(city)).search.search({ text, limit: 10, ...query })).items;

  describe('what citizens say finds the article (S1)', () => {
    test.each([
      ['a part of an unknown compound', 'マイナンバー', 'mynumber'],
      ['a sentence', '粗大ごみを捨てたいのですが、どうしたらいいですか', 'sodai'],
      ['katakana for hiragana', '粗大ゴミ', 'sodai'],
      ['half-width katakana', 'ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ', 'mynumber'],
      ['full-width for half-width katakana', 'パーキング', 'parking'],
      ['half-width and lower case for full-width capitals', 'ic', 'mynumber'],
      ['kana as it is read, before it becomes kanji', 'そだいごみ', 'sodai'],
      ['kana across words', 'けんこうほけん', 'hoken'],
      ['another inflection', '引っ越します', 'hikkoshi'],
      ['an inflection in the article', '受け取る', 'mynumber'],
      ['a long vowel left off', 'コンピュータ', 'hoken'],
      ['a character beyond the basic plane', '𠮷野', 'parking'],
    ])('%s: %s', async (_, text, id) => {
      expect(ids(await find(text))[0]).toBe(id);
    });

    test('a word finds the compound that the dictionary holds as one, however either is written', async () => {
      expect(ids(await find('ごみ')).toSorted()).toEqual(['moeru', 'sodai']);
      expect(ids(await find('ゴミ')).toSorted()).toEqual(['moeru', 'sodai']);
    });

    test('words of grammar alone find nothing', async () => {
      expect(await find('のですが、')).toEqual([]);
    });

    test('better hits come first, with higher scores', async () => {
      const hits = await find('国民健康保険の保険証の再発行の窓口');
      expect(ids(hits)[0]).toBe('hoken');
      expect(hits.length).toBeGreaterThan(1);
      expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).toSorted((a, b) => b - a));
    });
  });

  describe('as you type', () => {
    test.each(['そだ', 'そだい', 'そだいご', '粗', '粗大', '粗大ご', '粗大ごみを', '粗大ごみを出'])(
      '%s',
      async (text) => {
        expect(ids(await find(text, { unfinished: true }))).toContain('sodai');
      },
    );

    test('a finished word is not continued', async () => {
      expect(ids(await find('マイナ', { unfinished: true }))).toContain('mynumber');
      expect(ids(await find('暗', { unfinished: true }))).toContain('mynumber');
      expect(await find('暗')).toEqual([]);
    });
  });

  describe('what a hit shows', () => {
    test('ranges point at what matched, in the text as it was written', async () => {
      const [hit] = await find('粗大ゴミの手数料');
      expect(marked(hit!.question)).toEqual(['粗大ごみ']);
      expect(marked(hit!.snippet)).toEqual(['手数料']);
    });

    test('beyond the basic plane and in half-width kana', async () => {
      const [hit] = await find('𠮷野のパーキング');
      expect(marked(hit!.question)).toEqual(['ﾊﾟｰｷﾝｸﾞ']);
      expect(marked(hit!.snippet)).toEqual(['𠮷野', '𠮷野']);
    });

    test('what was typed in kana marks the words that are read so', async () => {
      const [hit] = await find('けんこうほけん');
      expect(marked(hit!.question)[0]).toBe('健康保険');
    });

    test('an inflected form is marked as it stands', async () => {
      const [hit] = await find('引っ越す');
      expect(marked(hit!.question)).toEqual(['引っ越し']);
    });

    test('markup in an article stays text', async () => {
      const { search } = await searchOver([{ id: 'x', question: '<b>税金</b>は?', answer: '<script>税金</script>' }]);
      const [hit] = (await search.search({ text: '税金', limit: 1 })).items;
      expect(hit!.question.text).toBe('<b>税金</b>は?');
      expect(marked(hit!.question)).toEqual(['税金']);
      expect(hit!.snippet.text).toBe('<script>税金</script>');
    });

    test('of a long answer, the part with most matches', async () => {
      const answer = `${'窓口は平日に開いています。'.repeat(40)}粗大ごみの券は𠮷野のコンビニで買えます。${'お待ちください。'.repeat(60)}`;
      const { search } = await searchOver([{ id: 'x', question: '券はどこで買えますか。', answer }]);
      const [hit] = (await search.search({ text: '粗大ごみの券', limit: 1 })).items;
      expect(marked(hit!.snippet)).toEqual(['粗大ごみ', '券']);
      expect(hit!.snippet.text.length).toBeLessThanOrEqual(160);
      expect(answer).toContain(hit!.snippet.text);
    });

    test('any article shows whole characters and ordered, separate ranges', async () => {
      const text = fc.string({
        unit: fc.constantFrom('粗大', 'ごみ', 'ｺﾞﾐ', '𠮷', 'が\u3099', '。', ' ', 'Ａ', '税', 'ﷺ', '👨‍👩‍👧'),
      });
      await fc.assert(
        fc.asyncProperty(text, text, text, async (question, answer, query) => {
          fc.pre(question.trim() !== '' && answer.trim() !== '');
          const { search } = await searchOver([
            { id: 'x', question: question.slice(0, 200), answer: answer.repeat(30) },
          ]);
          for (const hit of (await search.search({ text: query, limit: 1, unfinished: true })).items)
            for (const shown of [hit.question, hit.snippet]) {
              expect(shown.text.isWellFormed()).toBe(true);
              let before = -1;
              for (const { start, end } of shown.matches) {
                expect(start).toBeGreaterThan(before);
                expect(end).toBeGreaterThan(start);
                expect(end).toBeLessThanOrEqual(shown.text.length);
                before = end;
              }
            }
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('filters', () => {
    test('by category and by department', async () => {
      expect(ids(await find('窓口', { category: 'gomi' as CategoryCode }))).toEqual([]);
      expect(ids(await find('窓口', { department: 'kokuho-nenkin' as DepartmentCode }))).toEqual(['hoken']);
      const both = { category: 'gomi' as CategoryCode, department: 'seisou' as DepartmentCode };
      expect(ids(await find('ごみ', both)).toSorted()).toEqual(['moeru', 'sodai']);
    });

    test('as many as asked for', async () => {
      expect(await find('ごみ', { limit: 1 })).toHaveLength(1);
    });
  });

  describe('queries of any characters', () => {
    test.each([
      '"',
      '""',
      "'",
      '*',
      '"ごみ" OR',
      'NEAR(ごみ',
      '{question}: ごみ',
      'a AND',
      '-',
      '^',
      '%',
      '\\',
      '\u0000',
    ])('the syntax of the index means nothing: %j', async (text) => {
      await expect(find(text)).resolves.toBeInstanceOf(Array);
      await expect(find(text, { unfinished: true })).resolves.toBeInstanceOf(Array);
    });

    test('none is an error', async () => {
      const { search } = await searchOver(city);
      const any = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: loneHalf }),
      );
      await fc.assert(
        fc.asyncProperty(any, fc.boolean(), async (text, unfinished) => {
          await search.search({ text, unfinished, limit: 10 });
        }),
        { numRuns: 500 },
      );
    });
  });

  describe('when nothing is found', () => {
    test('articles that are written alike are proposed', async () => {
      const { search } = await searchOver(city);
      const { items, proposals } = await search.search({ text: 'マイナバーカト', limit: 10 });
      expect(items).toEqual([]);
      expect(proposals).toEqual([{ id: 'mynumber', question: 'マイナンバーカードを受け取れません。' }]);
    });

    test('what is like nothing proposes nothing, and what was found proposes nothing else', async () => {
      const { search } = await searchOver(city);
      expect((await search.search({ text: '量子計算機', limit: 10 })).proposals).toEqual([]);
      expect((await search.search({ text: '粗大ごみ', limit: 10 })).proposals).toEqual([]);
    });
  });

  describe('articles change', () => {
    test('a revised one is found by its new words alone, a retired one no more', async () => {
      const { log, caughtUp, search } = await searchOver(city);
      log.add(
        'faq',
        'sodai',
        ArticleRevised(content({ id: 'sodai', question: '大型家具の処分', answer: '有料です。' })),
      );
      log.add('faq', 'moeru', ArticleRetired({}));
      await caughtUp();
      expect(ids((await search.search({ text: '粗大ごみ', limit: 10 })).items)).toEqual([]);
      expect(ids((await search.search({ text: '大型家具', limit: 10 })).items)).toEqual(['sodai']);
      expect(await search.get('moeru' as ArticleId)).toMatchObject({ status: 'retired', revision: 1 });
      expect(await search.get('nothing' as ArticleId)).toBeUndefined();
    });
  });
};
