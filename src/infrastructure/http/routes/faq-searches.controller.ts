import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createdId } from '../../../application/aggregates/ids.js';
import { SettleFaqSearch } from '../../../application/faq-search/settle-faq-search.js';
import { SettleFaqSearch as SettledSearch } from '../../../domain/faq-search/commands.js';
import { Done } from '../answer.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';

const settle = operation({
  method: 'post',
  path: '/faq-searches',
  tag: 'FAQ',
  summary: 'Say that a search is over: an article was chosen, or none helped (K16)',
  description:
    'For a search that the operator sent off, chose from or gave up, not for each half-typed word. A query can hold personal data: of its words only those that the published FAQ knows are stored.',
  body: SettledSearch,
  command: true,
  success: { status: 201, description: 'Counted.', body: Done },
});

@Controller()
export class FaqSearchesController {
  constructor(private readonly bus: CommandBus) {}

  @Handles(settle)
  settle(@Input() { body, request }: Input & InputOf<typeof settle>) {
    return this.bus.execute(new SettleFaqSearch(createdId(request.commandId, 'faq-search'), body, request));
  }
}
