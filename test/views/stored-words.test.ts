import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analysedArticle, indexedArticle } from '../../src/infrastructure/views/faq-analysis.js';
import { analyse } from '../../src/infrastructure/views/japanese/analysis.js';

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '粗大ごみ',
        'ｺﾝﾋﾟｭｰﾀｰ',
        '出す。',
        '、',
        ' ',
        '\n',
        '-',
        '１４日',
        'Ｗｉ-Ｆｉ',
        '𠮷野',
        'か\u3099',
        '々',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('what is kept of an article gives back its words', () => {
  fc.assert(
    fc.property(text, text, (question, answer) => {
      const { words } = indexedArticle({ question, answer });
      expect(analysedArticle(words)).toEqual({ question: analyse(question), answer: analyse(answer) });
    }),
    { numRuns: 300 },
  );
});

test('takes little more room than the text', () => {
  const question = '他の市から引っ越してきました。転入の手続きはいつまでに必要ですか。';
  const answer = '新しい住所に住み始めた日から14日以内に、お住まいの区の区役所市民窓口で転入届を出してください。';
  const { words } = indexedArticle({ question, answer });
  expect(Buffer.byteLength(words)).toBeLessThan(4 * Buffer.byteLength(question + answer));
});
