import type { TypeOf } from 'io-ts';
import type {
  AnswerCallback as AnswerCallbackData,
  RecordInquiry as RecordInquiryData,
} from '../../domain/inquiry/commands.js';
import { inquiry } from '../../domain/inquiry/inquiry.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class RecordInquiry extends Submit<TypeOf<typeof RecordInquiryData>> {}
export class AcknowledgeCallback extends Submit<unknown> {}
export class AnswerCallback extends Submit<TypeOf<typeof AnswerCallbackData>> {}

export const inquiryHandlers = [
  handles(RecordInquiry, inquiry, 'RecordInquiry', async (facts, { data }) => {
    const [unknownDepartments, articleKnown, callKnown] = await Promise.all([
      facts.closedAmong([data.department, data.transferredTo, ...data.relatedDepartments]),
      facts.articleKnown(data.faqArticle),
      facts.callKnown(data.call),
    ]);
    return { unknownDepartments, articleKnown, callKnown };
  }),
  handles(AcknowledgeCallback, inquiry, 'AcknowledgeCallback', noFacts),
  handles(AnswerCallback, inquiry, 'AnswerCallback', noFacts),
];
