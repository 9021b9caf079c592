import type { Traces } from './traces.js';

/** An address of the environment is none; names the variable, repeats nothing. */
export class BadTraceEndpoint extends Error {}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

/**
 * Traces as the standard OTEL_* variables want them (docs/guides/observability.md); none unless an endpoint is named.
 * OpenTelemetry's SDK, which takes a while to load, is loaded only then.
 */
export const openTraces = async (environment: NodeJS.ProcessEnv, version: string): Promise<Traces | undefined> => {
  const named = ENDPOINTS.filter((name) => (environment[name] ?? '').trim() !== '');
  const isOff =
    environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none';
  if (named.length === 0 || isOff) return undefined;
  for (const name of named)
    if (!/^https?:\/\/\S+$/.test(environment[name]!.trim()))
      throw new BadTraceEndpoint(`${name} must be an address such as http://127.0.0.1:4318`);
  const { otlpTraces } = await import('./otlp-traces.js');
  return otlpTraces(version);
};
