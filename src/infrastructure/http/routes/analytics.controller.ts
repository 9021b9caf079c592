import { Controller } from '@nestjs/common';
import { againstFigures, againstSearches } from '../../../application/analytics/may-analyse.js';
import {
  Analytics,
  Dimension,
  FaqUseFigures,
  Figures,
  FullHour,
  HourOfDay,
  Searches,
  SearchOutcome,
  Summary,
  Weekday,
} from '../../../application/ports/analytics.js';
import { Handling, Scope } from '../../../domain/inquiry/events.js';
import { integer, record } from '../../../domain/kernel/codec.js';
import type { DomainError } from '../../../domain/kernel/errors.js';
import { CategoryCode, DepartmentCode, SiteCode } from '../../../domain/kernel/ids.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { problemOf } from '../problem.js';

const range = { from: FullHour, to: FullHour };
const filter = {
  category: CategoryCode,
  department: DepartmentCode,
  handling: Handling,
  scope: Scope,
  site: SiteCode,
  hour: HourOfDay,
  weekday: Weekday,
};
const limit = integer(1, 200, 'How many at most; 20 if absent.');
const ofAll = { method: 'get', tag: 'Analytics', view: 'analytics' } as const;

const summary = operation({
  ...ofAll,
  path: '/analytics/summary',
  summary: 'Contacts, calls and their durations by one property, over a time (S3, K5)',
  description:
    'From `from` up to, without, `to`; a contact counts when its call began. `seconds` divided by `endedCalls` is the mean length of a call, `resolved` divided by `inScope` the first-contact resolution.',
  query: record('SummaryQuery', { by: Dimension, ...range }, filter),
  success: { status: 200, description: 'The sum, and the part of each value.', body: Summary },
});

const firstContactResolution = operation({
  ...ofAll,
  path: '/analytics/first-contact-resolution',
  summary: 'How many contacts the call centre could answer at once (S1)',
  description:
    'Of the contacts `inScope`, `resolved` were recorded with the handling `answered`. Whether the same citizen asks again is not known: nothing here tells one citizen from another.',
  query: record('ResolutionQuery', range, filter),
  success: {
    status: 200,
    description: 'The counts; their quotient is the rate.',
    body: record('FirstContactResolution', {
      inScope: Figures.required.inScope,
      resolved: Figures.required.resolved,
    }),
  },
});

const faqUse = operation({
  ...ofAll,
  path: '/analytics/faq-use',
  summary: 'For how many contacts an FAQ article was used, and which ones most (S1)',
  query: record('FaqUseQuery', range, { ...filter, limit }),
  success: { status: 200, description: 'The counts.', body: FaqUseFigures },
});

const searches = operation({
  ...ofAll,
  path: '/analytics/faq-searches',
  summary: 'What was searched for in the FAQ, and what came to nothing (K16)',
  description:
    'Settled searches only. Of their words those that the published FAQ knew then; the others were counted and not kept.',
  query: record('SearchesQuery', range, { outcome: SearchOutcome, limit }),
  success: { status: 200, description: 'The counts, and the most frequent words.', body: Searches },
});

/** Figures that no person can be found in. */
@Controller()
export class AnalyticsController {
  constructor(private readonly analytics: Analytics) {}

  @Handles(summary)
  summary(@Input() { query, actor }: Input & InputOf<typeof summary>) {
    const { by, from, to, ...properties } = query;
    refuse(againstFigures(actor, properties));
    return this.analytics.summary(by, { from, to }, properties);
  }

  @Handles(firstContactResolution)
  async firstContactResolution(@Input() { query, actor }: Input & InputOf<typeof firstContactResolution>) {
    const { from, to, ...properties } = query;
    refuse(againstFigures(actor, properties));
    const { inScope, resolved } = await this.analytics.total({ from, to }, properties);
    return { inScope, resolved };
  }

  @Handles(faqUse)
  faqUse(@Input() { query, actor }: Input & InputOf<typeof faqUse>) {
    const { from, to, limit: most = 20, ...properties } = query;
    refuse(againstFigures(actor, properties));
    return this.analytics.faqUse({ from, to }, properties, most);
  }

  @Handles(searches)
  searches(@Input() { query, actor }: Input & InputOf<typeof searches>) {
    const { from, to, outcome = 'any', limit: most = 20 } = query;
    refuse(againstSearches(actor));
    return this.analytics.searches({ from, to }, outcome, most);
  }
}

const refuse = ([problem, ...others]: ReadonlyArray<DomainError>): void => {
  if (problem !== undefined) throw problemOf([problem, ...others]);
};
