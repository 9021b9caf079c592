import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { FaqHit, FaqQuery, MatchedText } from '../../src/application/ports/faq-search.js';
import { ArticlePublished, ArticleRetired, ArticleRevised } from '../../src/domain/faq/events.js';
import type { ArticleId, CategoryCode, DepartmentCode } from '../../src/domain/kernel/ids.js';
import type { Ending } from '../support/temp-dir.js';
import type { Synonyms } from '../../src/domain/search-dictionary/events.js';
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
  const searchOver = async (articles: ReadonlyArray<Article>, ending?: Ending) => {
    const { log, caughtUp, dictionary, faqSearch: search } = await open(ending);
    for (const article of articles) log.add('faq', article.id, ArticlePublished(content(article)));
    await caughtUp();
    return { log, caughtUp, dictionary, search };
  };

  // Those that only search share one city.
  const endings: Array<() => void | Promise<void>> = [];
  let shared: ReturnType<typeof searchOver> | undefined;
  const sharedSearch = async () => {
    shared ??= searchOver(city, (end) => endings.push(end));
    return (await shared).search;
  };
  afterAll(async () => {
    for (const end of endings.toReversed()) await end();
  });

  const find = async (text: string, query: Partial<FaqQuery> = {}): Promise<ReadonlyArray<FaqHit>> =>
    (await (await sharedSearch()).search({ text, limit: 10, ...query })).items;

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

    test('words that the dictionary lacks are words, unless their characters belong to others', async () => {
      const { search } = await searchOver([
        { id: 'kosho', question: '故障がいつ直るか、分かりません。', answer: '保健診療所の故障は窓口へ。' },
        { id: 'techo', question: '手帳を作りたい。', answer: '障がい者手帳は、特定健診とともに窓口へ。' },
      ]);
      for (const [text, marks] of [
        ['障がい', ['障がい']],
        ['健診', ['健診']],
      ] as const) {
        const [first] = (await search.search({ text, limit: 10 })).items;
        expect(first?.id).toBe('techo');
        expect(marked(first!.snippet)).toEqual(marks);
      }
      expect(ids((await search.search({ text: '診療', limit: 10 })).items)).toEqual(['kosho']);
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
      const { log, caughtUp, search } = await searchOver([{ id: 'x', question: '税', answer: '税' }]);
      await fc.assert(
        fc.asyncProperty(text, text, text, async (question, answer, query) => {
          fc.pre(question.trim() !== '' && answer.trim() !== '');
          const article = { id: 'x', question: question.slice(0, 200), answer: answer.repeat(30) };
          log.add('faq', 'x', ArticleRevised(content(article)));
          await caughtUp();
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

  describe('synonyms that an administrator defined (S1)', () => {
    const asked = (question: string, id = question): Article => ({ id, question, answer: '窓口でお尋ねください。' });

    /** Articles with these questions as ids, and a dictionary with one group. */
    const searchWith = async (synonyms: ReadonlyArray<Synonyms>, ...questions: ReadonlyArray<string>) => {
      const opened = await searchOver(questions.length === 0 ? city : questions.map((question) => asked(question)));
      opened.dictionary.tell({ synonyms });
      const hits = async (text: string, unfinished = false) =>
        (await opened.search.search({ text, limit: 10, unfinished })).items;
      return { ...opened, hits, found: async (text: string, unfinished = false) => ids(await hits(text, unfinished)) };
    };

    test.each([
      ['a word', ['転居', '引っ越し'], '転居', 'hikkoshi'],
      ['in a sentence', ['転居', '引っ越し'], '転居したので手続きをしたい', 'hikkoshi'],
      ['another inflection', ['移り住む', '引っ越す'], '移り住みました', 'hikkoshi'],
      ['several words', ['顔写真の札', 'マイナンバーカード'], '顔写真の札', 'mynumber'],
      ['several words apart', ['顔写真の札', 'マイナンバーカード'], '顔 写真の　札', 'mynumber'],
      ['several words for one', ['車庫', '立体駐車場'], '車庫', 'parking'],
      ['a part of an unknown compound', ['個番', 'マイナンバー'], '個番', 'mynumber'],
      ['hiragana for katakana', ['ラクーン', '粗大ごみ'], 'らくーん', 'sodai'],
      ['half-width katakana', ['ラクーン', '粗大ごみ'], 'ﾗｸｰﾝ', 'sodai'],
      ['kana as it is read, before it becomes kanji', ['転居', '引っ越し'], 'てんきょ', 'hikkoshi'],
    ])('%s', async (_, expressions, text, id) => {
      const { found, dictionary } = await searchWith([{ expressions }]);
      expect((await found(text))[0]).toBe(id);
      dictionary.tell({});
      expect((await found(text))[0]).not.toBe(id);
    });

    test('an edit is in effect at the next search', async () => {
      const { found, dictionary } = await searchWith([], '引越', '家屋');
      expect(await found('転居')).toEqual([]);
      dictionary.tell({ synonyms: [{ expressions: ['転居', '引越'] }] });
      expect(await found('転居')).toEqual(['引越']);
      dictionary.tell({ synonyms: [{ expressions: ['転居', '家屋'] }] });
      expect(await found('転居')).toEqual(['家屋']);
      dictionary.tell({});
      expect(await found('転居')).toEqual([]);
    });

    test('the longest expression is meant, and an alternative of several words as a whole', async () => {
      const groups = [{ expressions: ['ごみ', '廃棄物'] }, { expressions: ['粗大ごみ', '大型の家具'] }];
      const { found } = await searchWith(groups, '廃棄物の処理', '大型の家具', '大型の犬', '新しい家具');
      expect(await found('粗大ごみ')).toEqual(['大型の家具']);
      expect(await found('ごみ')).toEqual(['廃棄物の処理']);
    });

    test('one way: the first finds the others, and not the reverse', async () => {
      const groups = [{ expressions: ['乗り物', 'バス', '電車'], oneWay: true }];
      const { found } = await searchWith(groups, '乗り物', 'バス', '電車');
      expect(await found('乗り物')).toHaveLength(3);
      expect(await found('バス')).toEqual(['バス']);
    });

    test('an expression may stand in several groups', async () => {
      const groups = [{ expressions: ['転居', '引越'] }, { expressions: ['転居', '移転'] }];
      const { found } = await searchWith(groups, '転居', '引越', '移転');
      expect((await found('転居')).toSorted()).toEqual(['引越', '移転', '転居']);
      expect((await found('引越')).toSorted()).toEqual(['引越', '転居']);
    });

    test('what was said comes before its synonyms', async () => {
      const { found } = await searchWith([{ expressions: ['転居', '引越'] }], '引越の届', '転居の届');
      expect(await found('転居')).toEqual(['転居の届', '引越の届']);
      expect(await found('引越')).toEqual(['引越の届', '転居の届']);
    });

    test('an article that holds both gains nothing by it', async () => {
      // Both words are as rare.
      const { hits, dictionary } = await searchWith([], '転居と引越', '転居と窓口', '引越と窓口');
      const scores = async () => new Map((await hits('転居')).map(({ id, score }) => [id as string, score]));
      const before = await scores();
      dictionary.tell({ synonyms: [{ expressions: ['転居', '引越'] }] });
      const after = await scores();
      expect(before.size).toBe(2);
      for (const [id, score] of before) expect(after.get(id)).toBeCloseTo(score, 5);
    });

    test('as you type, an expression counts once it is whole', async () => {
      const { found } = await searchWith([{ expressions: ['大型家具', '粗大ごみ'] }], '粗大ごみ', '公園');
      expect(await found('大型', true)).toEqual([]);
      expect(await found('大型家具', true)).toEqual(['粗大ごみ']);
      expect(await found('大型家具の', true)).toEqual(['粗大ごみ']);
    });

    test('a hit shows where the synonym stands, and of several words the whole only', async () => {
      const { hits } = await searchWith([{ expressions: ['不用品', '粗大ごみ', '大きい家具'] }]);
      const [hit] = await hits('不用品の手数料');
      expect([marked(hit!.question), marked(hit!.snippet)]).toEqual([['粗大ごみ'], ['手数料']]);
      const whole = await searchWith(
        [{ expressions: ['不用品', '大きい家具'] }],
        '家具は、大きい家具ですか。大きいですか。',
      );
      const [shown] = await whole.hits('不用品');
      expect(marked(shown!.question).join('')).toBe('大きい家具');
    });

    test('no dictionary hides what is found without it, and none is an error', async () => {
      const { hits, dictionary } = await searchWith([]);
      const words = [
        '粗大ごみ',
        'ゴミ',
        '転居',
        '引っ越した',
        'マイナンバー',
        'の',
        '窓口で',
        '、',
        '𠮷野',
        '"',
        'a ',
        'ｲﾁ',
      ];
      const said = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((some) => some.join(''));
      const group = fc.record({
        expressions: fc.uniqueArray(said, { minLength: 2, maxLength: 4 }),
        oneWay: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(said, fc.array(group, { maxLength: 4 }), async (text, synonyms) => {
          dictionary.tell({});
          const without = ids(await hits(text));
          dictionary.tell({ synonyms });
          expect(ids(await hits(text))).toEqual(expect.arrayContaining(without));
        }),
        { numRuns: 60 },
      );
    });
  });

  describe('stop words that an administrator added (S1)', () => {
    test('are left out of what says anything else, and alone are taken at their word', async () => {
      const { dictionary, search } = await searchOver([
        { id: 'todoke', question: '届け出の手続き', answer: '窓口です。' },
        { id: 'hikkoshi', question: '引っ越しの手続き', answer: '窓口です。' },
      ]);
      const found = async (text: string) => ids((await search.search({ text, limit: 10 })).items);
      expect(await found('引っ越しの手続きを教えてください')).toHaveLength(2);
      dictionary.tell({ stopWords: ['手続き', '教える'] });
      expect(await found('引っ越しの手続きを教えてください')).toEqual(['hikkoshi']);
      expect(await found('てつづき')).toHaveLength(2);
      expect(await found('手続きを教えて')).toHaveLength(2);
    });

    test('several words are one, and a word of an expression stays', async () => {
      const { dictionary, search } = await searchOver([
        { id: 'kata', question: '届の書き方', answer: '窓口です。' },
        { id: 'todoke', question: '転居届', answer: '窓口です。' },
      ]);
      const found = async (text: string) => ids((await search.search({ text, limit: 10 })).items);
      dictionary.tell({ stopWords: ['届の書き方', '引越'], synonyms: [{ expressions: ['引越の届', '転居届'] }] });
      expect(await found('転居届の書き方')).toEqual(['todoke', 'kata']);
      expect(await found('転居について、届の書き方')).toEqual(['todoke']);
      expect(await found('引越の届')).toContain('todoke');
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
      const search = await sharedSearch();
      const any = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: loneHalf }),
      );
      await fc.assert(
        fc.asyncProperty(any, fc.boolean(), async (text, unfinished) => {
          await search.search({ text, unfinished, limit: 10 });
        }),
        { numRuns: 200 },
      );
    });
  });

  describe('when nothing is found', () => {
    test('articles that are written alike are proposed', async () => {
      const search = await sharedSearch();
      const { items, proposals } = await search.search({ text: 'マイナバーカト', limit: 10 });
      expect(items).toEqual([]);
      expect(proposals).toEqual([{ id: 'mynumber', question: 'マイナンバーカードを受け取れません。' }]);
    });

    test('what is like nothing proposes nothing, and what was found proposes nothing else', async () => {
      const search = await sharedSearch();
      expect((await search.search({ text: '量子計算機', limit: 10 })).proposals).toEqual([]);
      expect((await search.search({ text: '粗大ごみ', limit: 10 })).proposals).toEqual([]);
    });
  });

  describe('the words of a text that may be kept (S8)', () => {
    const knows = async (text: string) => (await sharedSearch()).vocabulary(text);

    test.each([
      ['of a question', '粗大ごみ', { known: ['粗大ごみ'], others: 0 }],
      ['of two answers', '窓口', { known: ['窓口'], others: 0 }],
      ['of one answer', '券', { known: [], others: 1 }],
      ['of no article', '見本花子', { known: [], others: 2 }],
      ['in any form', '引っ越しました', { known: ['引っ越す'], others: 0 }],
      ['none', 'のですが、', { known: [], others: 0 }],
      ['no text', '', { known: [], others: 0 }],
    ])('%s: %s', async (_, text, expected) => {
      expect(await knows(text)).toEqual(expected);
    });

    test('each once', async () => {
      const { known, others } = await knows('窓口で券、粗大ごみの窓口で券');
      expect({ known: known.toSorted(), others }).toEqual({ known: ['窓口', '粗大ごみ'], others: 1 });
    });

    test('of published articles alone', async () => {
      const { log, caughtUp, search } = await searchOver(city);
      expect(await search.vocabulary('粗大ごみ')).toEqual({ known: ['粗大ごみ'], others: 0 });
      log.add('faq', 'sodai', ArticleRetired({}));
      await caughtUp();
      expect(await search.vocabulary('粗大ごみ')).toEqual({ known: [], others: 1 });
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
