import { Injectable } from '@nestjs/common';
import { call, type CallState } from '../../domain/call/call.js';
import { consent, objection } from '../../domain/consent/consent.js';
import { department } from '../../domain/department/department.js';
import { emergencyRegister, inForce } from '../../domain/emergency/emergency-register.js';
import { faqArticle, wasPublished } from '../../domain/faq/faq-article.js';
import { inquiry } from '../../domain/inquiry/inquiry.js';
import type {
  ArticleId,
  CallId,
  DepartmentCode,
  EmergencyId,
  InquiryId,
  RecordingId,
} from '../../domain/kernel/ids.js';
import type { Instant } from '../../domain/kernel/time.js';
import type { ConsentFact } from '../../domain/recording/commands.js';
import { recording } from '../../domain/recording/recording.js';
import { retentionPolicy, type RetentionState } from '../../domain/retention/retention-policy.js';
import { Aggregates } from './aggregates.js';

/** The city has one emergency register and one retention policy: their streams' ids. */
export const CITY = 'city';

/** What commands need to know of other aggregates, read from their streams and never from a view that may lag. */
@Injectable()
export class Facts {
  constructor(private readonly aggregates: Aggregates) {}

  async departmentOpen(code: DepartmentCode | undefined): Promise<boolean> {
    if (code === undefined) return true;
    return (await this.aggregates.load(department, code)).state.status === 'open';
  }

  async closedAmong(codes: ReadonlyArray<DepartmentCode | undefined>): Promise<ReadonlyArray<DepartmentCode>> {
    const named = [...new Set(codes.filter((code) => code !== undefined))];
    const open = await Promise.all(named.map((code) => this.departmentOpen(code)));
    return named.filter((_, i) => !open[i]);
  }

  async articleKnown(id: ArticleId | undefined): Promise<boolean> {
    return id === undefined || wasPublished((await this.aggregates.load(faqArticle, id)).state);
  }

  /** Of the text that is being prepared for an article, if there is one. */
  async departmentOfDraft(id: ArticleId): Promise<DepartmentCode | undefined> {
    const { state } = await this.aggregates.load(faqArticle, id);
    return state.status === 'absent' ? undefined : state.draft?.content.department;
  }

  async inquiryKnown(id: InquiryId | undefined): Promise<boolean> {
    return id === undefined || (await this.aggregates.load(inquiry, id)).state.status === 'recorded';
  }

  async call(id: CallId): Promise<CallState> {
    return (await this.aggregates.load(call, id)).state;
  }

  async callKnown(id: CallId | undefined): Promise<boolean> {
    return id === undefined || (await this.call(id)).status === 'known';
  }

  /** The declaration in force at the call's site when it began. */
  async emergencyOf(id: CallId): Promise<EmergencyId | undefined> {
    const [told, register] = await Promise.all([this.call(id), this.aggregates.load(emergencyRegister, CITY)]);
    return told.status === 'known' ? inForce(register.state, told.site, told.startedAt)?.emergency : undefined;
  }

  /** Why a recording of the call that began at this moment may not be used. */
  async objection(id: CallId, recordedFrom: Instant) {
    return objection((await this.aggregates.load(consent, id)).state, recordedFrom);
  }

  /** The same of a recording that is known; nothing of one that is not. */
  async objectionToRecording(id: RecordingId): Promise<ConsentFact> {
    const { state } = await this.aggregates.load(recording, id);
    const against =
      state.status === 'absent' || state.status === 'lost'
        ? undefined
        : await this.objection(state.call, state.startedAt);
    return against === undefined ? {} : { objection: against };
  }

  async retention(): Promise<RetentionState> {
    return (await this.aggregates.load(retentionPolicy, CITY)).state;
  }
}
