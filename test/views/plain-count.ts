import type {
  AnalyticsFilter,
  AnalyticsRange,
  Dimension,
  FaqUseFigures,
  Figures,
  Searches,
  SearchOutcome,
  Summary,
} from '../../src/application/ports/analytics.js';
import type { CallEnded, CallStarted } from '../../src/domain/call/events.js';
import type { FaqSearchSettled } from '../../src/domain/faq-search/events.js';
import type { InquiryRecorded } from '../../src/domain/inquiry/events.js';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';

type DataOf<D extends (data: never) => unknown> = Parameters<D>[0];
type Contact = DataOf<typeof InquiryRecorded>;

interface Talk {
  readonly started?: DataOf<typeof CallStarted>;
  readonly ended?: DataOf<typeof CallEnded>;
  readonly contacts: ReadonlyArray<Contact>;
}

/** The figures by their definition: all events looked through, nothing kept. The clock is Japan's. */
export const plainCount = (events: ReadonlyArray<RecordedEvent>) => {
  const of = <D extends (data: never) => unknown>(type: string) =>
    events
      .filter((event) => event.type === type)
      .map(({ stream, content, metadata }) => ({
        id: stream.slice(stream.indexOf('-') + 1),
        at: metadata.occurredAt,
        data: (content as { data: unknown }).data as DataOf<D>,
      }));
  const contacts = of<typeof InquiryRecorded>('InquiryRecorded').map(({ data }) => data);
  const [starts, ends] = [of<typeof CallStarted>('CallStarted'), of<typeof CallEnded>('CallEnded')];
  const calls = new Set([...starts, ...ends].map(({ id }) => id).concat(contacts.flatMap(({ call }) => call ?? [])));
  const talks: ReadonlyArray<Talk> = [
    ...[...calls].map((id) => ({
      started: starts.find((start) => start.id === id)?.data,
      ended: ends.find((end) => end.id === id)?.data,
      contacts: contacts.filter(({ call }) => call === id),
    })),
    ...contacts.filter(({ call }) => call === undefined).map((contact) => ({ contacts: [contact] })),
  ] as ReadonlyArray<Talk>;

  const momentOf = ({ started, contacts: [first] }: Talk) => started?.startedAt ?? first?.receivedAt;
  const japan = (talk: Talk) => new Date(Date.parse(momentOf(talk)!) + 9 * 3_600_000);
  const hour = (talk: Talk) => japan(talk).getUTCHours();
  const weekday = (talk: Talk) => japan(talk).getUTCDay() || 7;
  const within = ({ from, to }: AnalyticsRange, moment: string | undefined) =>
    moment !== undefined && moment >= from && moment < to;

  const selected = (range: AnalyticsRange, filter: AnalyticsFilter) => {
    const { site, hour: atHour, weekday: onDay, ...ofContact } = filter;
    const properties = Object.entries(ofContact);
    return talks
      .filter(
        (talk) =>
          within(range, momentOf(talk)) &&
          (site === undefined || talk.started?.site === site) &&
          (atHour === undefined || hour(talk) === atHour) &&
          (onDay === undefined || weekday(talk) === onDay),
      )
      .map((talk) => ({
        talk,
        counted: talk.contacts.filter((contact) =>
          properties.every(([name, value]) => contact[name as keyof Contact] === value),
        ),
      }))
      .filter(({ counted }) => properties.length === 0 || counted.length > 0);
  };

  const valuesOf = (by: Dimension, talk: Talk, counted: ReadonlyArray<Contact>): ReadonlyArray<string | undefined> => {
    if (by === 'site') return [talk.started?.site];
    if (by === 'hour') return [String(hour(talk)).padStart(2, '0')];
    if (by === 'weekday') return [String(weekday(talk))];
    return talk.contacts.length === 0 ? [undefined] : [...new Set(counted.map((contact) => contact[by]))];
  };

  const sum = (all: ReturnType<typeof selected>): Figures => {
    const counted = all.flatMap((each) => each.counted);
    const inScope = counted.filter(({ scope }) => scope === 'in-scope');
    const told = all.flatMap(({ talk: { started, ended } }) => (started === undefined ? [] : [{ started, ended }]));
    const lengths = told.flatMap(({ started, ended }) =>
      ended === undefined
        ? []
        : [Math.max(0, Math.floor((Date.parse(ended.endedAt) - Date.parse(started.startedAt)) / 1_000))],
    );
    return {
      contacts: counted.length,
      inScope: inScope.length,
      resolved: inScope.filter(({ handling }) => handling === 'answered').length,
      calls: told.length,
      endedCalls: lengths.length,
      seconds: lengths.reduce((a, b) => a + b, 0),
    };
  };

  const most = (names: ReadonlyArray<string>, limit: number) =>
    [...Map.groupBy(names, (name) => name)]
      .map(([name, all]) => ({ name, count: all.length }))
      .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
      .slice(0, limit);

  return {
    summary: (by: Dimension, range: AnalyticsRange, filter: AnalyticsFilter): Summary => {
      const all = selected(range, filter);
      const values = [...new Set(all.flatMap(({ talk, counted }) => valuesOf(by, talk, counted)))];
      const groups = values.map((value) => {
        const own = all
          .filter(({ talk, counted }) => valuesOf(by, talk, counted).includes(value))
          .map(({ talk, counted }) => ({
            talk,
            counted: counted.filter((contact) => valuesOf(by, talk, [contact]).includes(value)),
          }));
        return { ...sum(own), ...(value !== undefined && { value }) };
      });
      const place = ({ value }: { value?: string }) => value ?? '\u{10FFFF}';
      return { total: sum(all), groups: groups.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)) };
    },
    faqUse: (range: AnalyticsRange, filter: AnalyticsFilter, limit: number): FaqUseFigures => {
      const counted = selected(range, filter).flatMap((each) => each.counted);
      const used = counted.flatMap(({ faqArticle }) => faqArticle ?? []);
      const articles = most(used, limit).map(({ name, count }) => ({ article: name as never, contacts: count }));
      return { contacts: counted.length, withArticle: used.length, articles };
    },
    searches: (range: AnalyticsRange, outcome: SearchOutcome, limit: number): Searches => {
      const all = of<typeof FaqSearchSettled>('FaqSearchSettled')
        .filter(({ at }) => within(range, at))
        .map(({ data }) => data);
      const nothingFound = all.filter(({ hits }) => hits === 0);
      const nothingChosen = all.filter(({ chosen }) => chosen === undefined);
      const asked = { any: all, 'nothing-found': nothingFound, 'nothing-chosen': nothingChosen }[outcome];
      return {
        searches: all.length,
        nothingFound: nothingFound.length,
        nothingChosen: nothingChosen.length,
        otherWords: all.reduce((total, { others }) => total + others, 0),
        terms: most(
          asked.flatMap(({ terms }) => terms),
          limit,
        ).map(({ name, count }) => ({ term: name, searches: count })),
      };
    },
  };
};
