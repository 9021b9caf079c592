import { SpanKind, type Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/** What a span may say of what it was about. A library's attribute that is not among them stays here, unread. */
const TELLABLE: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'error.type',
  'db.system',
  'db.operation.name',
  'db.collection.name',
  'db.response.status_code',
  'server.address',
  'server.port',
  'madoguchi.outcome',
  'madoguchi.stream.category',
  'madoguchi.events',
  'madoguchi.event.type',
]);

/**
 * The last gate before spans leave the process: of attributes only those above, no events and no messages, in which
 * libraries put what they were asked, and what they made of it.
 */
export class DiscreetExporter implements SpanExporter {
  constructor(private readonly inner: SpanExporter) {}

  export(spans: ReadonlyArray<ReadableSpan>, done: Parameters<SpanExporter['export']>[1]): void {
    this.inner.export(spans.filter(isPartOfSomething).map(discreet), done);
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

/** A library's call that nothing led to is a poll of our own: one every second would bury the rest. */
const isPartOfSomething = ({ kind, parentSpanContext }: ReadableSpan): boolean =>
  kind !== SpanKind.CLIENT || parentSpanContext !== undefined;

const discreet = (span: ReadableSpan): ReadableSpan => {
  const attributes = tellable(span.attributes);
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext !== undefined && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: { code: span.status.code },
    attributes,
    links: span.links.map(({ context }) => ({ context })),
    events: [],
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount:
      span.droppedAttributesCount + Object.keys(span.attributes).length - Object.keys(attributes).length,
    droppedEventsCount: span.droppedEventsCount + span.events.length,
    droppedLinksCount: span.droppedLinksCount,
  };
};

const tellable = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => TELLABLE.has(key)));
