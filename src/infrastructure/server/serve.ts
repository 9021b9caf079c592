import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { calculateJwkThumbprint, type JSONWebKeySet } from 'jose';
import { OfficeCalendar } from '../../application/ports/office-calendar.js';
import { RecorderIngest } from '../../application/ports/recorder-ingest.js';
import { RecorderHost } from '../../plugins/host/recorder-host.js';
import { SAMPLE_BYTES, sampleRecorder } from '../../plugins/recorders/sample/sample-recorder.js';
import { developmentVerifier, TokenVerifier } from '../auth/tokens.js';
import { publicPart, readOrCreateTokenKey } from '../auth/token-keys.js';
import { JapaneseOfficeCalendar } from '../calendar/japanese-office-calendar.js';
import { isLoopback, tokenKeyFile, type Config } from '../config.js';
import { createHttp } from '../http/create-http.js';
import { operationsOf } from '../http/operation.js';
import { controllers } from '../http/routes/controllers.js';
import { Reactions } from '../reactions/reactions.js';
import { SAMPLE_RECORDER, SampleCity } from '../sample-city/sample-city.js';
import { SystemClock } from '../system-clock.js';
import type { Traces } from '../telemetry/traces.js';
import { openStorage } from './open-storage.js';
import { portsOver } from './ports.js';
import { configuredRecorders } from './recorders.js';
import { ServerModule } from './server.module.js';
import type { Storage } from './storage.js';

/** The configuration cannot be served; the message says what to do. */
export class BadConfiguration extends Error {}

export interface Served {
  /** Where it listens. */
  readonly url: string;
  /** Ends what is under way, then everything; what was acknowledged is on disk. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly version: string;
  /** Whether an empty data directory is filled with the sample city. */
  readonly sample: boolean;
  /** Absent: nothing is traced. Closed by whoever opened it. */
  readonly traces?: Traces | undefined;
}

const buildWorker = new URL('../views/build/build-worker.js', import.meta.url);

/** Starts everything, in the order in which each part needs the others; throws when a part cannot start. */
export const serve = async (config: Config, { version, sample, traces }: ServeOptions): Promise<Served> => {
  const { tokens, fingerprint } = await verifierOf(config);
  const recorders = configuredRecorders(config.recorders);
  const clock = new SystemClock();
  const calendar = new JapaneseOfficeCalendar(config.officeHours);
  const opened = await openStorage(config, clock, buildWorker);
  const storage = traces?.storage(opened) ?? opened;
  let app: NestFastifyApplication | undefined;
  try {
    if (fingerprint !== undefined) await storage.checkTokenKey(fingerprint);
    const isSample = sample && ((await isEmpty(storage)) || (await hasSample(storage)));
    const own = sampleRecorder.configure({});
    const all =
      isSample && own.ok
        ? [...recorders, { ...own.value, instance: SAMPLE_RECORDER, manifest: sampleRecorder.manifest }]
        : recorders;
    await storage.views.start();
    const module = ServerModule.over(portsOver(storage, clock, calendar, all), storage, tokens);
    app = await createHttp(module, operationsOf(controllers), version, traces);
    traces?.commands(app.get(CommandBus, { strict: false }));
    if (isSample) await loadSample(sampleCity(app, storage, clock), storage);
    app.get(Reactions).start(traces);
    app.get(RecorderHost, { strict: false }).start();
    await listen(app, config);
    return { url: urlOf(app, config.host), close: () => close(app!, storage) };
  } catch (error) {
    await (app === undefined ? storage.close() : close(app, storage));
    throw error;
  }
};

const listen = async (app: NestFastifyApplication, { port, host }: Config): Promise<void> => {
  try {
    await app.listen(port, host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new BadConfiguration(
      `another process listens on port ${port} of ${host}: stop it, or name another port in PORT`,
    );
  }
};

const close = async (app: NestFastifyApplication, storage: Storage): Promise<void> => {
  // First what comes from outside, then what follows from it, then what holds it.
  await app.close();
  await app.get(RecorderHost, { strict: false }).stop();
  await app.get(Reactions).stop();
  await storage.close();
};

const isEmpty = async ({ store }: Storage): Promise<boolean> => {
  for await (const _ of store.readAll({ limit: 1 })) return false;
  return true;
};

const hasSample = async ({ pluginState }: Storage): Promise<boolean> =>
  (await pluginState.get(SAMPLE_RECORDER, 'day')) !== undefined;

/** Where several processes start at once, one loads, and the others go on when it has. */
const loadSample = (city: SampleCity, { leases }: Storage): Promise<void> =>
  leases.hold('sample-city', new AbortController().signal, (lease) => city.load(lease));

const sampleCity = (app: NestFastifyApplication, { pluginState }: Storage, clock: SystemClock): SampleCity =>
  new SampleCity({
    bus: app.get(CommandBus, { strict: false }),
    ingest: app.get(RecorderIngest, { strict: false }),
    calendar: app.get(OfficeCalendar, { strict: false }),
    clock,
    state: pluginState,
    audioBytes: SAMPLE_BYTES,
  });

/**
 * The city's identity provider where one is named; the development issuer only where nobody else can reach it, with the
 * fingerprint of its key.
 */
const verifierOf = async (config: Config): Promise<{ tokens: TokenVerifier; fingerprint?: string }> => {
  const { tokens, host } = config;
  if (tokens !== undefined) {
    try {
      return {
        tokens: new TokenVerifier(JSON.parse(readFileSync(tokens.keysFile, 'utf8')) as JSONWebKeySet, tokens.issuer),
      };
    } catch {
      // The error could show what a file of another kind holds.
      throw new BadConfiguration('no JWK set can be read from the file that MADOGUCHI_TOKEN_KEYS names');
    }
  }
  if (!isLoopback(host))
    throw new BadConfiguration(
      `HOST=${host} can be reached from other machines, and the development issuer serves loopback only: ` +
        'name the keys of your identity provider in MADOGUCHI_TOKEN_KEYS (a JWK set) and MADOGUCHI_TOKEN_ISSUER',
    );
  const key = await readOrCreateTokenKey(tokenKeyFile(config));
  return { tokens: developmentVerifier(key), fingerprint: await calculateJwkThumbprint(publicPart(key)) };
};

const urlOf = (app: NestFastifyApplication, host: string): string => {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : '';
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
};

export const announce = (url: string): void => {
  const logger = new Logger('Madoguchi');
  logger.log(`serving ${url}`);
  logger.log(`reference: ${url}/docs   health: ${url}/health/ready   document: ${url}/openapi.json`);
  logger.log('a token to try it with: npx madoguchi token --role operator --subject op-0001');
  logger.log('docs/tour.md walks through a day of the sample city');
};
