import type { TypeOf } from 'io-ts';
import type { ArticleContent, FeedbackCommand, ReturnArticle as ReturnArticleData } from '../../domain/faq/commands.js';
import { faqArticle } from '../../domain/faq/faq-article.js';
import { feedback } from '../../domain/faq/feedback.js';
import type { ArticleId } from '../../domain/kernel/ids.js';
import type { Facts } from '../aggregates/facts.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class PublishArticle extends Submit<ArticleContent> {}
export class ReviseArticle extends Submit<ArticleContent> {}
export class RetireArticle extends Submit<unknown> {}
export class RepublishArticle extends Submit<ArticleContent> {}
export class DraftArticle extends Submit<ArticleContent> {}
export class ChangeDraft extends Submit<ArticleContent> {}
export class SubmitArticle extends Submit<unknown> {}
export class ReturnArticle extends Submit<TypeOf<typeof ReturnArticleData>> {}
export class ApproveArticle extends Submit<unknown> {}
export class DiscardDraft extends Submit<unknown> {}
export class GiveFeedback extends Submit<FeedbackCommand['data']> {}

const department = async (facts: Facts, { data }: Submit<ArticleContent>) => ({
  departmentOpen: await facts.departmentOpen(data.department),
});

const departmentOfDraft = async (facts: Facts, { id }: Submit<unknown>) => ({
  departmentOpen: await facts.departmentOpen(await facts.departmentOfDraft(id as ArticleId)),
});

export const faqHandlers = [
  handles(PublishArticle, faqArticle, 'PublishArticle', department),
  handles(ReviseArticle, faqArticle, 'ReviseArticle', department),
  handles(RetireArticle, faqArticle, 'RetireArticle', noFacts),
  handles(RepublishArticle, faqArticle, 'RepublishArticle', department),
  handles(DraftArticle, faqArticle, 'DraftArticle', department),
  handles(ChangeDraft, faqArticle, 'ChangeDraft', department),
  handles(SubmitArticle, faqArticle, 'SubmitArticle', noFacts),
  handles(ReturnArticle, faqArticle, 'ReturnArticle', noFacts),
  handles(ApproveArticle, faqArticle, 'ApproveArticle', departmentOfDraft),
  handles(DiscardDraft, faqArticle, 'DiscardDraft', noFacts),
  handles(GiveFeedback, feedback, 'GiveFeedback', async (facts, { data }) => {
    const [articleKnown, inquiryKnown] = await Promise.all([
      facts.articleKnown(data.article),
      facts.inquiryKnown(data.inquiry),
    ]);
    return { articleKnown, inquiryKnown };
  }),
];
