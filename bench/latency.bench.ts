import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { commandIdOf } from '../src/application/aggregates/ids.js';
import { streamName, type EventId, type NewEvent, type StreamName } from '../src/application/ports/event-store.js';
import type { StaffId } from '../src/domain/kernel/ids.js';
import { instant, type Instant } from '../src/domain/kernel/time.js';
import { issueToken } from '../src/infrastructure/auth/tokens.js';
import { readOrCreateTokenKey } from '../src/infrastructure/auth/token-keys.js';
import { tokenKeyFile } from '../src/infrastructure/config.js';
import { SqliteEventStore } from '../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { SystemClock } from '../src/infrastructure/system-clock.js';
import { random } from '../test/support/random.js';
import type { BenchRow } from './row.js';
import { startServer, type Server } from './server.js';

const EVENTS = 1_000_000;
const COMMANDS = 1_500;
/** A rebuild may slow a command down so far, and no further. */
const GOAL = '<= 3';

const START = Date.UTC(2026, 0, 1);
const next = random(20_260_402);

/** The events of one call as a recorder and an operator tell them: seven of a stream or two each. */
const callEvents = (n: number): ReadonlyArray<readonly [StreamName, ReadonlyArray<readonly [string, object]>]> => {
  const [call, recording, inquiry] = [randomUUID(), randomUUID(), randomUUID()];
  const at = (seconds: number): Instant => instant(START + n * 1_000 + seconds * 1_000);
  const source = { recorder: 'bench', ref: `bench/${n}` };
  return [
    [
      streamName('call', call),
      [
        [
          'CallStarted',
          { site: 'honcho', line: 'daihyo', direction: 'inbound', startedAt: at(0), eraseNumbersAt: at(7e6), source },
        ],
        ['CallAnswered', { answeredAt: at(1) }],
        ['CallEnded', { endedAt: at(180) }],
      ],
    ],
    [streamName('consent', call), [['RecordingAnnounced', { announcedAt: at(4) }]]],
    [
      streamName('recording', recording),
      [
        [
          'RecordingRegistered',
          {
            call,
            source,
            startedAt: at(4),
            endedAt: at(180),
            bytes: 2_816_044,
            mediaType: 'audio/wav',
            emergencyFlag: false,
            retention: 'P3M',
            dueAt: at(7e6),
          },
        ],
        ['RecordingListened', { purpose: 'inquiry-analysis' }],
      ],
    ],
    [
      streamName('inquiry', inquiry),
      [
        [
          'InquiryRecorded',
          {
            summary: '粗大ごみの出し方と手数料を知りたい',
            answer: '予約の方法を案内した',
            category: 'gomi-recycle',
            department: 'gomi-genryo',
            relatedDepartments: [],
            handling: 'answered',
            receivedAt: at(0),
            scope: 'in-scope',
            operator: `op-000${1 + Math.floor(next() * 5)}`,
            call,
          },
        ],
      ],
    ],
  ];
};

const envelope = ([type, data]: readonly [string, object]): NewEvent => {
  const commandId = commandIdOf('op-0001' as StaffId, randomUUID());
  const occurredAt = instant(START);
  const actor = { subject: 'op-0001' as StaffId, role: 'operator' as const };
  const metadata = {
    actor,
    commandId,
    commandDigest: '',
    causation: commandId,
    correlation: commandId,
    occurredAt,
    schemaVersion: 1,
  };
  return { id: v7() as EventId, type, content: { _tag: 'plain', data: data as never }, metadata };
};

const fill = async (file: string): Promise<void> => {
  const store = SqliteEventStore.open({ file, clock: new SystemClock() });
  for (let stored = 0, n = 0; stored < EVENTS;) {
    const appends: Array<Promise<unknown>> = [];
    for (const until = Math.min(EVENTS, stored + 5_000); stored < until; n++)
      for (const [stream, events] of callEvents(n)) {
        appends.push(store.append(stream, 'none', events.map(envelope))());
        stored += events.length;
      }
    await Promise.all(appends);
  }
  await store.close();
};

const tokenOf = async (data: string, role: string): Promise<string> => {
  const token = await issueToken(await readOrCreateTokenKey(tokenKeyFile({ data })), {
    subject: 'bench-1',
    role,
    hours: 1,
  });
  if (token._tag === 'Left') throw new Error('no token');
  return token.right;
};

/** The p99 of commands sent one after another, in milliseconds; `goOn` says whether more are wanted. */
const p99 = async (send: () => Promise<void>, goOn: (sent: number) => boolean | Promise<boolean>) => {
  const times: number[] = [];
  while (await goOn(times.length)) {
    const began = performance.now();
    await send();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return {
    p99: times[Math.floor(times.length * 0.99)]!,
    p50: times[Math.floor(times.length / 2)]!,
    count: times.length,
  };
};

/** How long a command takes while all views are built from 1,000,000 events, through the same when they stand. */
export const latencyBench = async (): Promise<ReadonlyArray<BenchRow>> => {
  const data = mkdtempSync(join(tmpdir(), 'madoguchi-bench-'));
  let server: Server | undefined;
  try {
    await fill(join(data, 'events.sqlite'));
    server = await startServer(data, '--no-sample');
    const { url } = server;
    const [operator, administrator] = [await tokenOf(data, 'operator'), await tokenOf(data, 'administrator')];
    const ask = async (
      token: string,
      method: string,
      path: string,
      body?: object,
    ): Promise<{ items?: ReadonlyArray<{ state: string }> }> => {
      const headers = {
        authorization: `Bearer ${token}`,
        'idempotency-key': v7(),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const answer = await fetch(url + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as { items?: ReadonlyArray<{ state: string }> };
    };
    const isQuiet = async () =>
      (await ask(administrator, 'GET', '/views')).items!.every(({ state }) => state === 'live');
    await ask(administrator, 'PUT', '/departments/gomi-genryo', { name: 'ごみ減量課' });
    const send = async () => {
      await ask(operator, 'POST', '/inquiries', {
        summary: '収集日を知りたい',
        answer: '案内した',
        category: 'gomi-recycle',
        department: 'gomi-genryo',
        relatedDepartments: [],
        handling: 'answered',
        receivedAt: instant(Date.now()),
        scope: 'in-scope',
      });
    };
    await p99(send, (sent) => sent < 200);
    // A server that finds events and no views builds them all, one after another.
    const began = performance.now();
    const busy = await p99(send, async (sent) => sent % 50 !== 0 || !(await isQuiet()));
    const seconds = (performance.now() - began) / 1_000;
    const quiet = await p99(send, (sent) => sent < COMMANDS);
    return [
      {
        name: 'command p99, while all views are built',
        value: busy.p99,
        unit: 'ms',
        baseline: quiet.p99,
        ratio: busy.p99 / quiet.p99,
        goal: GOAL,
      },
      {
        name: 'command p50, while all views are built',
        value: busy.p50,
        unit: 'ms',
        baseline: quiet.p50,
        ratio: busy.p50 / quiet.p50,
      },
      { name: 'all views built from 1,000,000 events, under commands', value: seconds, unit: 's' },
    ];
  } finally {
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  }
};
