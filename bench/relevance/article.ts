import { ArticleContent } from '../../src/domain/faq/events.js';

/** A text as question and answer. */
export interface QuestionAndAnswer {
  readonly question: string;
  readonly answer: string;
  /** How many UTF-16 units were left out, because the product takes no more. */
  readonly left: number;
}

const { question: Question, answer: Answer } = ArticleContent.required;
const LONGEST_QUESTION = Question.schema.maxLength!;
const LONGEST_ANSWER = Answer.schema.maxLength!;

const marked = /^\s*Question[:：]\s*(?<question>[^]*?)\s*\n\s*Answer[:：]\s*(?<answer>[^]*)$/u;
const firstSentence = /^[^\n。！？!?]*[。！？!?]?/u;
// oxlint-disable-next-line no-control-regex -- which no text of the product may hold
const control = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/gu;

/** At most so many UTF-16 units, no character cut in two. */
export const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');

/**
 * `Question: ...` and a line `Answer: ...`, or else the first sentence as the question and all as the answer. A question
 * that is too long goes on in the answer, and the answer ends where the product's limit is. `undefined` for a text that
 * shows nothing, which no department could publish.
 */
export const articleOf = (original: string): QuestionAndAnswer | undefined => {
  const text = original.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(control, ' ').trim();
  const { question: asked, answer: given } = marked.exec(text)?.groups ?? {
    question: firstSentence.exec(text)![0],
    answer: text,
  };
  const question = cut(asked!, LONGEST_QUESTION);
  const whole = `${asked!.slice(question.length)}\n${given!}`.trim();
  // A question without an answer is found as well; an answer alone is its own question.
  const answer = cut(whole === '' ? question : whole, LONGEST_ANSWER);
  const article = { question: question === '' ? cut(answer, LONGEST_QUESTION) : question, answer };
  if (!Question.is(article.question) || !Answer.is(article.answer)) return undefined;
  return { ...article, left: Math.max(0, whole.length - answer.length) };
};
