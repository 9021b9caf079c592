import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { RecordedEvent } from '../../application/ports/event-store.js';
import { Reaction } from '../../application/reactions/reaction.js';
import { inSpan } from './spans.js';
import { spanContextOf } from './traceparent.js';

/** A reaction whose steps are traces of their own, linked to the span that stored the event: it may be long ago. */
export class TracedReaction extends Reaction {
  readonly name: string;
  readonly handles: ReadonlyArray<string>;
  readonly delayMs: number;

  constructor(
    private readonly inner: Reaction,
    private readonly tracer: Tracer,
  ) {
    super();
    ({ name: this.name, handles: this.handles, delayMs: this.delayMs } = inner);
  }

  react(event: RecordedEvent): Promise<void> {
    const cause = spanContextOf(event.metadata.traceparent);
    const options = {
      kind: SpanKind.CONSUMER,
      root: true,
      attributes: { 'madoguchi.event.type': event.type },
      ...(cause !== undefined && { links: [{ context: cause }] }),
    };
    return inSpan(this.tracer, `reaction ${this.name}`, options, () => this.inner.react(event));
  }
}
