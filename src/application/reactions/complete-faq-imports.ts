import { Injectable } from '@nestjs/common';
import { faqImport } from '../../domain/faq/faq-import.js';
import { FaqImported } from '../../domain/faq/import-events.js';
import { CompleteImport } from '../faq/complete-import.js';
import type { RecordedEvent } from '../ports/event-store.js';
import { Reaction } from './reaction.js';
import { settled } from './settled.js';

/** Does what is left of an import whose process died after it was accepted (S1). */
@Injectable()
export class CompleteFaqImports extends Reaction {
  readonly name = 'complete-faq-imports';
  readonly handles = [FaqImported.type];
  /** Whoever accepted it does it at once; past this, nobody may be at it any more. */
  readonly delayMs = 60_000;

  constructor(private readonly completion: CompleteImport) {
    super();
  }

  async react(event: RecordedEvent): Promise<void> {
    const id = event.stream.slice(faqImport.category.length + 1);
    settled(this, event, await this.completion.complete(id), []);
  }
}
