import type { estypes } from '@elastic/elasticsearch';
import { userWords } from '../japanese/user-words.js';

/** Grammar, not content: the same parts of speech that the embedded engine leaves out. */
const grammar = `
  接続詞 助動詞 感動詞 連体詞 フィラー 非言語音 その他-間投
  助詞 助詞-格助詞 助詞-格助詞-一般 助詞-格助詞-引用 助詞-格助詞-連語 助詞-係助詞 助詞-終助詞
  助詞-接続助詞 助詞-特殊 助詞-副詞化 助詞-副助詞 助詞-副助詞／並立助詞／終助詞 助詞-並立助詞 助詞-連体化
  記号 記号-一般 記号-読点 記号-句点 記号-空白 記号-括弧開 記号-括弧閉
  動詞-非自立 動詞-接尾 形容詞-非自立 形容詞-接尾
  名詞-非自立 名詞-非自立-一般 名詞-非自立-副詞可能 名詞-非自立-助動詞語幹 名詞-非自立-形容動詞語幹
`
  .trim()
  .split(/\s+/u);

/** Verbs that stand in nearly every sentence. */
const lightVerbs = ['する', 'なる', 'ある', 'いる', 'できる', 'くださる', 'いただく'];

/**
 * Japanese as words: full and half width made one, base forms without grammar, compounds as their parts, katakana as
 * hiragana. `parts` are character pairs already, as written and as read.
 */
export const japaneseAnalysis: estypes.IndicesIndexSettingsAnalysis = {
  char_filter: { width_and_case: { type: 'icu_normalizer', name: 'nfkc_cf' } },
  tokenizer: {
    words: {
      type: 'kuromoji_tokenizer',
      mode: 'search',
      discard_compound_token: true,
      user_dictionary_rules: [...userWords].map(([word, reading]) => `${word},${word},${reading},カスタム名詞`),
    },
  },
  filter: {
    without_grammar: { type: 'kuromoji_part_of_speech', stoptags: grammar },
    without_stop_words: { type: 'ja_stop', stopwords: ['_japanese_', ...lightVerbs] },
    long_vowel_end: { type: 'kuromoji_stemmer', minimum_length: 4 },
    hiragana: { type: 'icu_transform', id: 'Katakana-Hiragana' },
  },
  analyzer: {
    japanese: {
      type: 'custom',
      char_filter: ['width_and_case'],
      tokenizer: 'words',
      filter: ['kuromoji_baseform', 'without_grammar', 'without_stop_words', 'long_vowel_end', 'lowercase', 'hiragana'],
    },
  },
};
