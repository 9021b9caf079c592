import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/** An exporter that keeps what would leave the process. */
export class Kept implements SpanExporter {
  readonly spans: ReadableSpan[] = [];

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.spans.push(...spans);
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}

  /** The one span of this name. */
  the(name: string): ReadableSpan {
    const found = this.spans.filter((span) => span.name === name);
    if (found.length !== 1) throw new Error(`there are ${found.length} spans ${name}`);
    return found[0]!;
  }

  /** The children of a span, in the order in which they began. */
  below(span: ReadableSpan): ReadonlyArray<ReadableSpan> {
    return this.spans
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === span.spanContext().spanId)
      .toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]);
  }
}
