import { Logger } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { consequentId, createdId, sourceId } from '../../application/aggregates/ids.js';
import { systemActor, type Request } from '../../application/aggregates/request.js';
import type { Submit } from '../../application/aggregates/submit.js';
import { OpenDepartment } from '../../application/department/commands.js';
import { PublishArticle } from '../../application/faq/commands.js';
import { AcknowledgeCallback, AnswerCallback, RecordInquiry } from '../../application/inquiry/commands.js';
import { RequestCallback } from '../../application/inquiry/request-callback.js';
import type { OfficeCalendar } from '../../application/ports/office-calendar.js';
import type { Lease } from '../../application/ports/leases.js';
import type { PluginState } from '../../application/ports/plugin-state.js';
import type { RecorderIngest } from '../../application/ports/recorder-ingest.js';
import { RegisterStaff } from '../../application/staff/commands.js';
import type { Actor } from '../../domain/kernel/actor.js';
import type { ArticleId, CallId, InquiryId } from '../../domain/kernel/ids.js';
import { epochMs, instant, JAPAN_OFFSET_MS, type Instant } from '../../domain/kernel/time.js';
import type { SystemClock } from '../system-clock.js';
import * as Sample from './sample-files.js';

const DAY = 86_400_000;
/** The recorder instance that holds the sample city's audio. */
export const SAMPLE_RECORDER = 'sample-city';

type Call = TypeOf<typeof Sample.SampleCall>;
type Inquiry = TypeOf<typeof Sample.SampleInquiry>;

export interface SampleCityMeans {
  readonly bus: CommandBus;
  readonly ingest: RecorderIngest;
  readonly calendar: OfficeCalendar;
  readonly clock: SystemClock;
  readonly state: PluginState;
  /** Size of every recording, in bytes. */
  readonly audioBytes: number;
}

/**
 * Loads the synthetic sample city: FAQ, departments, staff, and a day of calls and inquiries on the last office day that
 * is over. Everything passes through commands under derived ids at the moments told, so a load that was cut off is
 * taken up again and doubles nothing.
 */
export class SampleCity {
  private readonly logger = new Logger('SampleCity');

  constructor(private readonly means: SampleCityMeans) {}

  /** Whether this data directory has the sample city, or began to load it. */
  async isHere(): Promise<boolean> {
    return (await this.means.state.get(SAMPLE_RECORDER, 'day')) !== undefined;
  }

  async load(lease: Lease): Promise<void> {
    const { state, clock } = this.means;
    if ((await state.get(SAMPLE_RECORDER, 'loaded')) !== undefined) return;
    const told = await state.get(SAMPLE_RECORDER, 'day');
    const midnight = told === undefined ? this.sampleDay() : Number(told);
    if (told === undefined) await state.set(SAMPLE_RECORDER, 'day', String(midnight), lease);
    try {
      await this.replay(midnight);
    } finally {
      clock.release();
    }
    await state.set(SAMPLE_RECORDER, 'loaded', 'yes', lease);
  }

  /** Midnight in Japan of the last office day that is over, as milliseconds since 1970. */
  private sampleDay(): number {
    const { calendar, clock } = this.means;
    let midnight = Math.floor((epochMs(clock.now()) + JAPAN_OFFSET_MS) / DAY) * DAY - JAPAN_OFFSET_MS;
    do midnight -= DAY;
    while (calendar.verdict(instant(midnight + DAY / 2)).closed);
    return midnight;
  }

  private async replay(midnight: number): Promise<void> {
    const staff = Sample.sampleFile('staff.json', Sample.SampleStaff);
    const calls = Sample.sampleFile('calls.json', Sample.SampleCall);
    const inquiries = Sample.sampleFile('day.json', Sample.SampleInquiry);
    const actors = new Map(staff.map(({ id, role, department }) => [id, actorOf(id, role, department)]));
    const first = (role: Actor['role']) => [...actors.values()].find((actor) => actor.role === role) ?? systemActor;
    const at = (days: number, time: string) => instant(midnight + days * DAY + minutes(time) * 60_000);

    this.means.clock.hold(at(-400, '09:00'));
    await this.furnish(first('administrator'), staff);
    // At equal times the call comes first: the inquiry names it.
    const events = [
      ...calls.map((call) => ({ at: at(call.dayOffset, call.at), tell: (now: Instant) => this.call(call, now) })),
      ...inquiries.map((inquiry) => ({
        at: at(
          inquiry.collectedDaysAgo === undefined ? (inquiry.dayOffset ?? 0) : -inquiry.collectedDaysAgo,
          inquiry.at,
        ),
        tell: (now: Instant) => this.contact(inquiry, now, actors.get(inquiry.operator)!),
      })),
    ];
    this.logger.log(`telling a day of ${calls.length} calls and ${inquiries.length} inquiries`);
    for (const { tell, at: now } of events.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
      this.means.clock.hold(now);
      await tell(now);
    }
    await this.departmentsAtWork(inquiries, first('responsible-manager'), at(1, '00:00'));
  }

  private async furnish(administrator: Actor, staff: ReadonlyArray<TypeOf<typeof Sample.SampleStaff>>): Promise<void> {
    const by = (key: string) => request(key, administrator);
    const departments = Sample.sampleFile('departments.json', Sample.SampleDepartment);
    for (const { code, name } of departments)
      await this.done(new OpenDepartment(code, { name }, by(`department ${code}`)));
    for (const { id, ...profile } of staff) await this.done(new RegisterStaff(id, profile, by(`staff ${id}`)));
    const articles = Sample.sampleFile('faq.json', Sample.SampleArticle);
    for (const { id, ...content } of articles) await this.done(new PublishArticle(articleId(id), content, by(id)));
    this.logger.log(`${departments.length} departments, ${staff.length} staff, ${articles.length} FAQ articles`);
  }

  /** The facts that a recorder would have told of this call; the announcement takes as long as in the captures. */
  private async call(call: Call, startedAt: Instant): Promise<void> {
    const after = (ms: number) => instant(epochMs(startedAt) + ms);
    const endedAt = after(call.durationSeconds * 1_000);
    const ref = `sample/${call.id}`;
    const { site, line, to, from, announced, recorded, emergencyFlag = false } = call;
    const tell = (fact: Parameters<RecorderIngest['ingest']>[1]) => this.means.ingest.ingest(SAMPLE_RECORDER, fact);
    this.means.clock.hold(endedAt);
    await tell({
      type: 'call-started',
      call: ref,
      site,
      line,
      direction: 'inbound',
      startedAt,
      to,
      ...(from !== undefined && { from }),
    });
    await tell({ type: 'call-answered', call: ref, answeredAt: after(200) });
    if (announced) await tell({ type: 'announcement-played', call: ref, at: after(2_682) });
    await tell({ type: 'call-ended', call: ref, endedAt });
    if (recorded)
      await tell({
        type: 'recording-stored',
        call: ref,
        recording: `${ref}.wav`,
        startedAt: after(announced ? 2_683 : 201),
        endedAt,
        bytes: this.means.audioBytes,
        mediaType: 'audio/wav',
        emergencyFlag,
      });
  }

  private async contact(inquiry: Inquiry, receivedAt: Instant, operator: Actor): Promise<void> {
    const { id, summary, answer, category, department, handling, scope, related, transferredTo, faq, call } = inquiry;
    const data = {
      summary,
      answer,
      category,
      department,
      handling,
      scope,
      receivedAt,
      relatedDepartments: related,
      ...(transferredTo !== undefined && { transferredTo }),
      ...(faq !== undefined && { faqArticle: articleId(faq) }),
      ...(call !== undefined && { call: sourceId<CallId>('call', SAMPLE_RECORDER, `sample/${call}`) }),
    };
    await this.done(new RecordInquiry(inquiryId(id), data, request(id, operator)));
    if (inquiry.callback !== undefined) {
      const callback = { requestedByCitizen: true, contact: inquiry.callback };
      await this.done(new RequestCallback(inquiryId(id), callback, request(`${id} callback`, operator)));
    }
  }

  /** Of the evening before, one callback is answered and one acknowledged; the others wait. */
  private async departmentsAtWork(inquiries: ReadonlyArray<Inquiry>, manager: Actor, now: Instant): Promise<void> {
    const [first, second] = inquiries.filter(({ callback, dayOffset }) => callback !== undefined && dayOffset === -1);
    this.means.clock.hold(now);
    for (const { id } of [first!, second!])
      await this.done(new AcknowledgeCallback(inquiryId(id), {}, request(`${id} acknowledged`, manager)));
    const answered = inquiryId(first!.id);
    await this.done(new AnswerCallback(answered, { answeredAt: now }, request(`${first!.id} answered`, manager)));
  }

  private async done(command: Submit<unknown>): Promise<void> {
    const result: E.Either<unknown, unknown> = await this.means.bus.execute(command);
    if (E.isLeft(result)) throw new Error(`${command.constructor.name} was refused: ${JSON.stringify(result.left)}`);
  }
}

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const commandId = (key: string) => consequentId('sample', key);
const request = (key: string, actor: Actor): Request => ({ commandId: commandId(key), actor });
/** As a command of that id would create them. */
const articleId = (key: string) => createdId<ArticleId>(commandId(key), 'article');
const inquiryId = (key: string) => createdId<InquiryId>(commandId(key), 'inquiry');

const actorOf = (subject: Actor['subject'], role: Actor['role'], department: Actor['department']): Actor => ({
  subject,
  role,
  ...(department !== undefined && { department }),
});
