import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ANY, EXISTS, NO_STREAM } from './commit-check.js';
import { Log } from './log.js';
import type { ProposedEvent } from './recorded-event.js';

// What no recorded answer shows: it is read off the sources of the server.

const proposed = (data = '{}', type = 'Noted'): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(data),
  metadata: Buffer.of(),
});

const filled = (count: number) => {
  const log = new Log();
  const events = Array.from({ length: count }, () => proposed());
  log.append('stream', NO_STREAM, events);
  return { log, events };
};

describe('an append to whatever there is', () => {
  test('conflicts when it repeats the first event and brings another', () => {
    const { log, events } = filled(2);
    expect(log.append('stream', ANY, [events[1]!, proposed()])).toEqual({ type: 'wrong-expected-version', current: 1 });
    expect(log.append('stream', ANY, [proposed(), events[1]!])).toMatchObject({ type: 'success', revision: 3 });
  });

  test('knows the ids of other streams as new', () => {
    const { log, events } = filled(1);
    expect(log.append('other', ANY, events)).toMatchObject({ type: 'success', revision: 0 });
    expect(log.stream('other')!.events).toHaveLength(1);
  });

  test('knows only recent ids', () => {
    const { log, events } = filled(1);
    log.append(
      'other',
      ANY,
      Array.from({ length: 70_000 }, () => proposed()),
    );
    expect(log.append('stream', ANY, events)).toMatchObject({ type: 'success', revision: 1 });
    // With a revision, the stream itself is asked.
    expect(log.append('stream', NO_STREAM, events)).toMatchObject({ type: 'success', revision: 0 });
  });
});

describe('an append to what must exist', () => {
  test('is refused by a stream that was deleted', () => {
    const { log } = filled(1);
    log.softDelete('stream', ANY);
    expect(log.append('stream', EXISTS, [proposed()])).toEqual({ type: 'stream-deleted' });
  });

  test('is taken where there is metadata only', () => {
    const { log } = filled(1);
    expect(log.append('other', EXISTS, [proposed()])).toEqual({ type: 'wrong-expected-version', current: -1 });
    log.append('$$other', NO_STREAM, [proposed('{"$maxCount":3}', '$metadata')]);
    expect(log.append('other', EXISTS, [proposed()])).toMatchObject({ type: 'success', revision: 0 });
  });
});

test('a repeat is recognised in a stream that was deleted', () => {
  const { log, events } = filled(2);
  log.softDelete('stream', 1);
  expect(log.append('stream', NO_STREAM, events)).toMatchObject({ type: 'success', revision: 1 });
  expect(log.stream('stream')!.events).toHaveLength(2);
});

test('the metadata of a stream that is closed for ever are closed too', () => {
  const { log } = filled(1);
  log.tombstone('stream', 0);
  expect(log.append('$$stream', ANY, [proposed()])).toEqual({ type: 'stream-deleted' });
});

test('events older than the greatest age are hidden', () => {
  const { log } = filled(3);
  log.append('$$stream', ANY, [proposed('{"$maxAge":1000}', '$metadata')]);
  expect(log.stream('stream')!.first).toBe(0);
  log.append('$$stream', ANY, [proposed('{"$maxAge":-1000}', '$metadata')]);
  expect(log.stream('stream')!.first).toBe(3);
});

test('metadata that are no JSON hide nothing', () => {
  const { log } = filled(3);
  for (const data of ['', 'none', '[1]', '7', '{"$maxCount":"1"}']) {
    log.append('$$stream', ANY, [proposed(data, '$metadata')]);
    expect(log.stream('stream')!.first).toBe(0);
  }
});

test('the times of events grow', () => {
  const { log } = filled(1000);
  const times = log.all.map(({ created }) => created);
  expect(new Set(times).size).toBe(1001);
  expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
});
