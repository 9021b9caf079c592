import type { ArticleContent } from '../../domain/faq/commands.js';
import { faqArticle } from '../../domain/faq/faq-article.js';
import type { Facts } from '../aggregates/facts.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class PublishArticle extends Submit<ArticleContent> {}
export class ReviseArticle extends Submit<ArticleContent> {}
export class RetireArticle extends Submit<unknown> {}

const department = async (facts: Facts, { data }: Submit<ArticleContent>) => ({
  departmentOpen: await facts.departmentOpen(data.department),
});

export const faqHandlers = [
  handles(PublishArticle, faqArticle, 'PublishArticle', department),
  handles(ReviseArticle, faqArticle, 'ReviseArticle', department),
  handles(RetireArticle, faqArticle, 'RetireArticle', noFacts),
];
