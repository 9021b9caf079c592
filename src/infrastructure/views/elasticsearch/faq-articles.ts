import type { FaqArticle } from '../../../application/ports/faq-search.js';
import { faqArticles, searchable } from '../../../application/projections/faq-articles.js';
import { indexedArticle } from '../faq-analysis.js';
import type { ElasticView } from './elastic-view.js';
import { japaneseAnalysis } from './japanese-analysis.js';

const japanese = { type: 'text', analyzer: 'japanese' } as const;

/** What lists of articles are filtered and ordered by. */
const listed = ['status', 'category', 'department', 'reference', 'createdAt'] as const;

/** FAQ articles (S1), found by the words of a Japanese sentence and by parts of words. */
export const faqArticlesView: ElasticView<FaqArticle> = {
  projection: faqArticles,
  schemaVersion: 3,
  properties: {
    question: japanese,
    answer: japanese,
    parts: { type: 'text', analyzer: 'whitespace' },
    /** As the application cuts them: which of a query's words the articles know. */
    terms: { type: 'keyword', ignore_above: 1_000 },
    questionTerms: { type: 'keyword', ignore_above: 1_000 },
    words: { type: 'keyword', index: false, doc_values: false },
    ...Object.fromEntries(listed.map((field) => [field, { type: 'keyword' }])),
    stage: { type: 'keyword' },
  },
  /** Only searched, never shown. */
  searchedOnly: ['question', 'answer', 'parts', 'terms', 'questionTerms'],
  analysis: japaneseAnalysis,
  fields: (article) => ({
    ...Object.fromEntries(listed.map((field) => [field, article[field]])),
    stage: article.draft?.stage,
    ...searched(article),
  }),
};

/** What search reads: of published articles alone. */
const searched = (article: FaqArticle) => {
  const text = searchable(article);
  if (text === undefined) return {};
  const { parts, words, ...termsIn } = indexedArticle(text);
  const questionTerms = [...new Set(termsIn.question)];
  const terms = [...new Set([...questionTerms, ...termsIn.answer])];
  return { question: text.question, answer: text.answer, parts: parts.join(' '), terms, questionTerms, words };
};
