import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/** While spans are lost, how often it is said. */
const EVERY_MS = 600_000;

/** Says when spans begin to be lost, now and again while they are, and when they arrive again. */
export class ReportedExporter implements SpanExporter {
  private lost = 0;
  private saidAt = -Infinity;

  constructor(
    private readonly inner: SpanExporter,
    private readonly log: { warn(message: string): void; log(message: string): void },
    private readonly now = () => performance.now(),
  ) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.inner.export(spans, (result) => {
      if (result.error === undefined) this.arrived();
      else this.failed(spans.length, result.error);
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  private arrived(): void {
    if (this.lost > 0) this.log.log(`traces arrive again; ${this.lost} spans were lost`);
    [this.lost, this.saidAt] = [0, -Infinity];
  }

  private failed(spans: number, error: Error): void {
    this.lost += spans;
    if (this.now() - this.saidAt < EVERY_MS) return;
    this.saidAt = this.now();
    // An address may stand in the message, and a password in the address.
    const { code = error.name } = error as { readonly code?: string | number };
    this.log.warn(`traces do not arrive (${code}); ${this.lost} spans are lost so far`);
  }
}
