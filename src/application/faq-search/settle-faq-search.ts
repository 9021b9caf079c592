import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import type { SettleFaqSearch as SettleFaqSearchData } from '../../domain/faq-search/commands.js';
import { faqSearch } from '../../domain/faq-search/faq-search.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Facts } from '../aggregates/facts.js';
import type { Outcome } from '../aggregates/request.js';
import { Submit } from '../aggregates/submit.js';
import type { Failure } from '../failure.js';
import { FaqSearch } from '../ports/faq-search.js';

export class SettleFaqSearch extends Submit<TypeOf<typeof SettleFaqSearchData>> {}

/** Nothing is searched again: the text is taken apart, and what the FAQ does not know of it is only counted. */
@CommandHandler(SettleFaqSearch)
export class SettleFaqSearchHandler implements ICommandHandler<SettleFaqSearch> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly facts: Facts,
    private readonly faq: FaqSearch,
  ) {}

  execute({ id, data, request }: SettleFaqSearch): Promise<Either<Failure, Outcome>> {
    const facts = async () => {
      const [vocabulary, articleKnown] = await Promise.all([
        this.faq.vocabulary(data.text),
        this.facts.articleKnown(data.chosen),
      ]);
      return { ...vocabulary, articleKnown };
    };
    return this.aggregates.run(faqSearch, { id, type: 'SettleFaqSearch', data, facts }, request);
  }
}
