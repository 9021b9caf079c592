import type { FaqArticle } from '../../../application/ports/faq-search.js';
import { faqArticles } from '../../../application/projections/faq-articles.js';
import { analyseArticle, pairsIn, termsOf } from '../faq-analysis.js';
import type { ElasticView } from './elastic-view.js';
import { japaneseAnalysis } from './japanese-analysis.js';

const japanese = { type: 'text', analyzer: 'japanese' } as const;

/** FAQ articles (S1), found by the words of a Japanese sentence and by parts of words. */
export const faqArticlesView: ElasticView<FaqArticle> = {
  projection: faqArticles,
  schemaVersion: 1,
  properties: {
    question: japanese,
    answer: japanese,
    parts: { type: 'text', analyzer: 'whitespace' },
    /** As the application cuts them: which of a query's words the articles know. */
    terms: { type: 'keyword' },
    questionTerms: { type: 'keyword' },
    category: { type: 'keyword' },
    department: { type: 'keyword' },
    words: { type: 'keyword', index: false, doc_values: false },
  },
  /** Only searched, never shown. */
  searchedOnly: ['question', 'answer', 'parts', 'terms', 'questionTerms'],
  analysis: japaneseAnalysis,
  fields: (article) => {
    if (article.status === 'retired') return {};
    const { question, answer, category, department } = article;
    const words = analyseArticle(article);
    const questionTerms = termsOf(words.question);
    const terms = [...new Set([...questionTerms, ...termsOf(words.answer)])];
    const parts = pairsIn(words).join(' ');
    return { question, answer, parts, terms, questionTerms, category, department, words: JSON.stringify(words) };
  },
};
