import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { DiscreetExporter } from './discreet-exporter.js';
import { ReportedExporter } from './reported-exporter.js';
import { Traces } from './traces.js';

/** How long one export may take, retries included, and so how long a receiver that is down holds up the end. */
const EXPORT_MS = 3_000;

/** Traces sent by OTLP over HTTP, as the environment says. */
export const otlpTraces = (version: string): Traces => {
  const logger = new Logger('Traces');
  // What the SDK thinks of its environment; of what fails later the exporter tells in its own words.
  const say = (message: string) => logger.warn(message);
  const quiet = () => undefined;
  diag.setLogger({ error: say, warn: say, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);
  const timeoutMillis = Number(
    process.env['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT'] ?? process.env['OTEL_EXPORTER_OTLP_TIMEOUT'],
  );
  const exporter = new OTLPTraceExporter(timeoutMillis > 0 ? {} : { timeoutMillis: EXPORT_MS });
  const traces = tracesOver(new ReportedExporter(exporter, logger), version);
  diag.disable();
  return traces;
};

/** Traces that go to this exporter, as far as they may leave the process. */
export const tracesOver = (exporter: SpanExporter, version: string, flushMs = EXPORT_MS): Traces => {
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'madoguchi', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new DiscreetExporter(exporter))],
  });
  // Nothing that a request carries goes on to others.
  provider.register({ propagator: null });
  return new Traces(provider.getTracer('madoguchi', version), async () => {
    const late = new AbortController();
    const flushed = provider.shutdown().catch(() => undefined);
    await Promise.race([flushed, delay(flushMs, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    trace.disable();
    context.disable();
  });
};
