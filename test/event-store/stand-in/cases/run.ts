import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ANY,
  BACKWARDS,
  binaryEvent,
  END,
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  streamNameFilter,
  type AllStreamRecordedEvent,
  type EventStoreDBClient,
  type JSONType,
  type Position,
  type ReadRevision,
  type RecordedEvent,
} from '@eventstore/db-client';
import type {
  AppendStep,
  DeleteStep,
  Expected,
  ReadAllStep,
  ReadStep,
  Step,
  SubscribeAllStep,
  SubscribeStep,
} from './scenarios.js';

// That nothing more comes, only time can tell.
const QUIET_MS = 300;
const GREATEST = 9_223_372_036_854_775_807n;

/** Runs the steps of one scenario through the client, and tells what it answers in symbols: `A@1` is stream A, revision 1. */
export class Run {
  private readonly tag = randomUUID().slice(0, 8);
  private readonly ids = new Map<string, string>();
  private readonly symbols = new Map<string, string>();
  private readonly places = new Map<bigint, string>();

  constructor(private readonly client: EventStoreDBClient) {}

  async answer(step: Step): Promise<unknown> {
    try {
      return await this.act(step);
    } catch (error) {
      return this.error(error);
    }
  }

  private act(step: Step): Promise<unknown> {
    if ('append' in step) return this.append(step);
    if ('read' in step) return this.read(step);
    if ('readAll' in step) return this.readAll(step);
    if ('delete' in step) return this.delete(step);
    if ('tombstone' in step) return this.tombstone(step.tombstone);
    if ('metadata' in step) return this.setMetadata(step.metadata, step.set);
    return this.subscribe(step);
  }

  private async append(step: AppendStep): Promise<unknown> {
    const ids = step.ids?.map((symbol) => this.idFor(symbol, step)) ?? Array.from({ length: step.count! }, randomUUID);
    const stream = this.stream(step.append, step.literal);
    const appended = await this.client.appendToStream(
      stream,
      ids.map((id) => proposed(id, step)),
      { expectedRevision: expectedRevision(step.exp) },
    );
    const next = revision(appended.nextExpectedRevision);
    if (ids.length === 0 || !(await this.learnPlaces(stream))) return { next };
    return { next, position: this.place(appended.position) };
  }

  private async read(step: ReadStep): Promise<unknown> {
    const events: unknown[] = [];
    let bytes = 0;
    for await (const { event } of this.client.readStream(this.stream(step.read), {
      fromRevision: readRevision(step.from ?? 'start'),
      direction: step.dir === 'backwards' ? BACKWARDS : FORWARDS,
      ...(step.max !== undefined && { maxCount: step.max }),
    })) {
      events.push(this.event(event!));
      if (event!.data instanceof Uint8Array) bytes += event!.data.length;
    }
    return step.summary === true ? { events: events.length, bytes } : { events };
  }

  private async readAll(step: ReadAllStep): Promise<unknown> {
    const far = 2n ** 40n;
    const events: string[] = [];
    for await (const { event } of this.client.readAll({
      fromPosition: step.from === 'far' ? { commit: far, prepare: far } : await this.positionOf(...step.from),
      direction: step.dir === 'backwards' ? BACKWARDS : FORWARDS,
      ...(step.max !== undefined && { maxCount: step.max }),
    }))
      if (event !== undefined && this.symbols.has(event.streamId)) events.push(this.event(event).at);
    return { events };
  }

  private async delete(step: DeleteStep): Promise<unknown> {
    await this.client.deleteStream(this.stream(step.delete), {
      expectedRevision: step.exp === 'any' ? ANY : BigInt(step.exp),
    });
    return { ok: true };
  }

  private async tombstone(stream: string): Promise<unknown> {
    await this.client.tombstoneStream(this.stream(stream), { expectedRevision: ANY });
    return { ok: true };
  }

  private async setMetadata(
    stream: string,
    metadata: { maxCount?: number; truncateBefore?: number },
  ): Promise<unknown> {
    const { nextExpectedRevision } = await this.client.setStreamMetadata(this.stream(stream), metadata);
    return { next: revision(nextExpectedRevision) };
  }

  /** What a subscription shows until it shows no more, after it began and after each thing that is done meanwhile. */
  private async subscribe(step: SubscribeStep | SubscribeAllStep): Promise<unknown> {
    const saw: unknown[] = [];
    const checkpoints: Position[] = [];
    let news = performance.now();
    const see = (what: unknown) => {
      saw.push(what);
      news = performance.now();
    };
    const quiet = async () => {
      news = performance.now();
      while (performance.now() - news < QUIET_MS) await sleep(QUIET_MS / 10);
    };
    const subscription =
      'subscribe' in step
        ? this.client.subscribeToStream(this.stream(step.subscribe), { fromRevision: readRevision(step.from) })
        : this.client.subscribeToAll({
            fromPosition: await this.positionOf(...step.from),
            filter: streamNameFilter({
              prefixes: [`${this.tag}-${step.prefix}`],
              ...(step.window !== undefined && { maxSearchWindow: step.window, checkpointInterval: step.interval! }),
              checkpointReached: async (_, position) => void checkpoints.push(position),
            }),
          });
    subscription
      .on('confirmation', () => see('confirmed'))
      .on('caughtUp', () => see('caught up'))
      .on('error', (error) => see(this.error(error)))
      .on('data', ({ event }) => see(this.event(event!).at));
    await quiet();
    for (const live of step.live ?? []) {
      await this.answer(live);
      await quiet();
    }
    await subscription.unsubscribe();
    if (!('window' in step)) return { saw };
    const last = checkpoints.at(-1);
    return { saw, checkpoints: last !== undefined, checkpointAt: last === undefined ? null : this.place(last) };
  }

  private stream(symbol: string, literal?: true): string {
    if (literal === true) return symbol;
    const name = `${this.tag}-${symbol}`;
    this.symbols.set(name, symbol);
    return name;
  }

  private idFor(symbol: string, { badId, upperId }: AppendStep): string {
    if (badId === true) return `not-a-uuid-${symbol}`;
    const id = this.ids.get(symbol) ?? randomUUID();
    this.ids.set(symbol, id);
    this.symbols.set(id, symbol);
    return upperId === true ? id.toUpperCase() : id;
  }

  private event(event: RecordedEvent | AllStreamRecordedEvent) {
    const { position } = event;
    const at = `${this.symbols.get(event.streamId) ?? 'other'}@${revision(event.revision)}`;
    if (position !== undefined) this.places.set(position.commit, at);
    const meta = shown(event.metadata);
    return {
      at,
      id: this.symbols.get(event.id) ?? '?',
      type: event.type,
      data: shown(event.data),
      ...(meta !== undefined && { meta }),
      positioned: position !== undefined && position.commit === position.prepare,
    };
  }

  private place(position: Position | undefined): string | undefined {
    return position === undefined ? undefined : (this.places.get(position.commit) ?? 'unknown position');
  }

  /** A real server may say for some milliseconds that a stream is not there which was appended to after a delete. */
  private async learnPlaces(stream: string): Promise<boolean> {
    for (let left = 10; left > 0; left--)
      try {
        for await (const { event } of this.client.readStream(stream)) this.event(event!);
        return true;
      } catch {
        await sleep(30);
      }
    return false;
  }

  private async positionOf(symbol: string, at: number): Promise<Position> {
    const stream = this.client.readStream(this.stream(symbol), { fromRevision: BigInt(at), maxCount: 1 });
    for await (const { event } of stream) {
      this.event(event!);
      return event!.position!;
    }
    throw new Error(`there is no ${symbol}@${at}`);
  }

  private error(thrown: unknown): unknown {
    const error = thrown as Error & Readonly<Record<string, unknown>>;
    const { type, code, expectedVersion, actualVersion, maxAppendSize, streamName } = error;
    return {
      error: type ?? error.constructor.name,
      ...(code !== undefined && { code }),
      ...(expectedVersion !== undefined && { expected: plain(expectedVersion), actual: plain(actualVersion) }),
      ...(maxAppendSize !== undefined && { max: maxAppendSize }),
      ...(streamName !== undefined && { stream: this.symbols.get(streamName as string) ?? streamName }),
      ...(type === 'unknown' && { message: error.message }),
    };
  }
}

const proposed = (id: string, { type = 'E', data, binary, meta }: AppendStep) =>
  binary === undefined
    ? jsonEvent({ id, type, data: (data ?? { id: 'x' }) as JSONType, ...(meta !== undefined && { metadata: meta }) })
    : binaryEvent({
        id,
        type,
        data: Buffer.alloc(binary, 7),
        ...(meta !== undefined && { metadata: Buffer.from(JSON.stringify(meta)) }),
      });

const expectedRevision = (expected: Expected) => {
  if (expected === 'no_stream') return NO_STREAM;
  if (expected === 'any') return ANY;
  return expected === 'exists' ? STREAM_EXISTS : BigInt(expected);
};

const readRevision = (from: number | 'start' | 'end'): ReadRevision => {
  if (from === 'start') return START;
  return from === 'end' ? END : BigInt(from);
};

const revision = (value: bigint): number | 'max' => (value === GREATEST ? 'max' : Number(value));
const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
const shown = (value: unknown): unknown => (value instanceof Uint8Array ? `${value.length} B` : value);
