import * as E from 'fp-ts/lib/Either.js';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  streamName,
  type Content,
  type EventId,
  type Json,
  type NewEvent,
  type ReadStreamOptions,
  type RecordedEvent,
} from '../../src/application/ports/event-store.js';
import { UnknownKey } from '../../src/application/ports/key-vault.js';
import { mayOpen, SEALED_CATEGORIES } from '../../src/domain/kernel/disclosure.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { SealedEventStore } from '../../src/infrastructure/event-store/sealed/sealed-event-store.js';
import { BrokenSeal } from '../../src/infrastructure/event-store/sealed/sealing.js';
import { MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { departmentStaff, erasure, operator, reader, resolved, system } from '../keys/synthetic.js';
import { tempDir } from '../support/temp-dir.js';
import { MemoryEventStore } from './memory-event-store.js';

const citizen = streamName('citizen', '0190a0b0-0000-7000-8000-000000000001');
const caller = streamName('caller', '0190a0b0-0000-7000-8000-000000000002');
const call = streamName('call', '0190a0b0-0000-7000-8000-000000000002');

const phone = '03-0000-0001';
const contact = { phone };

const event = (data: Json, type = 'ContactCollected'): NewEvent => ({
  id: randomUUID() as EventId,
  type,
  content: { _tag: 'plain', data },
  metadata: {
    actor: system.actor,
    commandId: 'c',
    commandDigest: 'd',
    causation: 'c',
    correlation: 'c',
    occurredAt: '2026-04-01T00:30:00.000Z' as Instant,
    schemaVersion: 1,
  },
});

const openVault = () => {
  const file = join(tempDir(), 'keys.sqlite');
  const vault = SqliteKeyVault.open({ file, masterKey: new MasterKey(randomBytes(32)), access: mayOpen });
  onTestFinished(() => vault.close());
  return vault;
};

const setUp = () => {
  const inner = new MemoryEventStore();
  const vault = openVault();
  return { inner, vault, store: new SealedEventStore(inner, vault, SEALED_CATEGORIES) };
};

const collect = async <A>(items: AsyncIterable<A>): Promise<A[]> => {
  const all: A[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const contents = async (store: SealedEventStore, stream = citizen, options?: ReadStreamOptions) =>
  (await collect(store.readStream(stream, options))).map(({ content }) => content);

test('what is appended to a personal stream reaches the store within sealed whole, and nothing of it in the clear', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact), event({ reason: 'retention-due' }, 'ContactErasureBegun')])();
  await store.append(caller, 'none', [event({ from: phone }, 'NumbersCaptured')])();
  expect(inner.events.map(({ content }) => content._tag)).toEqual(['sealed', 'sealed', 'sealed']);
  expect(JSON.stringify(inner.events)).not.toContain(phone);
  expect(JSON.stringify(inner.events)).not.toContain('retention-due');
});

test('each stream has a key of its own, the same for all its events', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  await store.append(citizen, 0, [event(contact)])();
  await store.append(caller, 'none', [event(contact)])();
  const [first, second, third] = inner.events.map(({ content }) => content._tag === 'sealed' && content.box.keyId);
  expect(first).toBe(second);
  expect(third).not.toBe(first);
});

test('other streams pass as they are, and need no key', async () => {
  const { inner, vault, store } = setUp();
  vault.close();
  const plain = event({ site: 'honcho' }, 'CallStarted');
  expect(await store.append(call, 'none', [plain])()).toMatchObject({ _tag: 'Right' });
  expect(inner.events[0]).toMatchObject(plain);
  expect(await contents(store, call, { reader: operator })).toEqual([plain.content]);
});

test('an entitled reader, and the system, get what was appended', async () => {
  const { store } = setUp();
  const [first, second] = [event(contact), event({ reason: 'retention-due' }, 'ContactErasureBegun')];
  await store.append(citizen, 'none', [first, second])();
  for (const entitled of [system, departmentStaff])
    expect(await collect(store.readStream(citizen, { reader: entitled }))).toMatchObject([first, second]);
});

test('a reader who is not entitled learns what happened and when, not what it held', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  const withheld = { ...inner.events[0]!, content: { _tag: 'withheld' } };
  for (const refused of [operator, reader('auditor', 'callback'), reader('department-staff', 'curiosity')])
    expect(await collect(store.readStream(citizen, { reader: refused }))).toEqual([withheld]);
});

test('without a reader a stream stays sealed', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  expect(await collect(store.readStream(citizen))).toEqual(inner.events);
});

test('reading all and subscriptions never open', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  await store.append(call, 'none', [event({ site: 'honcho' }, 'CallStarted')])();
  expect(await collect(store.readAll())).toEqual(inner.events);
  const batches = await collect(store.subscribe({ signal: new AbortController().signal }));
  expect(batches.flatMap(({ events }) => events)).toEqual(inner.events);
  expect(await store.head()).toBe(inner.events.at(-1)!.position);
});

test('how a stream is read is left to the store within', async () => {
  const { store } = setUp();
  await store.append(citizen, 'none', [event(1), event(2), event(3)])();
  expect(await contents(store, citizen, { reader: system, direction: 'backwards', limit: 2 })).toEqual([
    { _tag: 'plain', data: 3 },
    { _tag: 'plain', data: 2 },
  ]);
});

test('a stream without events is empty for every reader, though it has no key', async () => {
  const { store } = setUp();
  expect(await contents(store, citizen, { reader: system })).toEqual([]);
  expect(await contents(store, citizen, { reader: operator })).toEqual([]);
});

test('after its erasure the history still stands, and says erased to every reader', async () => {
  const { inner, vault, store } = setUp();
  await store.append(citizen, 'none', [event(contact), event({ reason: 'x' }, 'ContactErasureBegun')])();
  await store.append(caller, 'none', [event(contact, 'NumbersCaptured')])();
  await vault.erase(citizen, erasure);
  const erased = inner.events.slice(0, 2).map((stored) => ({ ...stored, content: { _tag: 'erased' } }));
  for (const anyone of [system, departmentStaff, operator])
    expect(await collect(store.readStream(citizen, { reader: anyone }))).toEqual(erased);
  expect(await contents(store, caller, { reader: system })).toEqual([{ _tag: 'plain', data: contact }]);
});

test('after its erasure nothing can be added, not even the same events again', async () => {
  const { inner, vault, store } = setUp();
  const collected = event(contact);
  await store.append(citizen, 'none', [collected])();
  await vault.erase(citizen, erasure);
  for (const again of [collected, event(contact)])
    expect(await store.append(citizen, 0, [again])()).toEqual(E.left({ _tag: 'erased', stream: citizen }));
  expect(inner.events).toHaveLength(1);
});

test('appends that race with the erasure leave nothing that can be read', async () => {
  const { vault, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  const racing = Array.from({ length: 20 }, async (_, n) => {
    if (n === 10) await vault.erase(citizen, erasure);
    return store.append(citizen, n, [event(contact)])();
  });
  await Promise.all(racing);
  for (const content of await contents(store, citizen, { reader: system })) expect(content).toEqual({ _tag: 'erased' });
  expect(await store.append(citizen, 99, [event(contact)])()).toEqual(E.left({ _tag: 'erased', stream: citizen }));
});

test('a key destroyed while its stream is read does not disturb the reading', async () => {
  const { vault, store } = setUp();
  await store.append(citizen, 'none', [event(contact), event(contact)])();
  const seen: Content[] = [];
  for await (const { content } of store.readStream(citizen, { reader: system })) {
    seen.push(content);
    await vault.erase(citizen, erasure);
  }
  expect(seen).toEqual([
    { _tag: 'plain', data: contact },
    { _tag: 'plain', data: contact },
  ]);
});

test('no copy of a key stays behind, also when a reader stops early', async () => {
  const { vault, store } = setUp();
  const answers = [vi.spyOn(vault, 'mint'), vi.spyOn(vault, 'find')];
  await store.append(citizen, 'none', [event(contact), event(contact)])();
  for await (const { content } of store.readStream(citizen, { reader: system })) {
    expect(content).toEqual({ _tag: 'plain', data: contact });
    break;
  }
  for (const { mock } of answers) {
    expect(mock.calls).toHaveLength(1);
    expect(resolved(await mock.results[0]!.value).key.every((byte) => byte === 0)).toBe(true);
  }
});

test('what the store within answers to an append passes: repeats, conflicts, refusals', async () => {
  const { inner, store } = setUp();
  const collected = event(contact);
  const first = await store.append(citizen, 'none', [collected])();
  expect(await store.append(citizen, 'none', [collected])()).toEqual(first);
  expect(inner.events).toHaveLength(1);
  expect(await store.append(citizen, 'none', [event(contact)])()).toMatchObject({ left: { _tag: 'conflict' } });
  expect(await store.append(citizen, 0, [])()).toMatchObject({ left: { _tag: 'refused', code: 'empty_append' } });
});

test('events whose key was lost without an erasure are an outage', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  const keyless = new SealedEventStore(inner, openVault(), SEALED_CATEGORIES);
  for (const anyone of [system, operator])
    await expect(contents(keyless, citizen, { reader: anyone })).rejects.toBeInstanceOf(UnknownKey);
});

test('an outage of the vault is one of the store: nothing is stored, and nothing looks erased', async () => {
  const { inner, vault, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  vault.close();
  await expect(store.append(citizen, 0, [event(contact)])()).rejects.toThrow();
  await expect(contents(store, citizen, { reader: system })).rejects.toThrow();
  expect(inner.events).toHaveLength(1);
});

test('an event that was spoiled is not opened, and the error repeats nothing of it', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact), event({ phone: '03-0000-0002' })])();
  const sealedAt = (index: number) => (inner.events[index] as RecordedEvent).content;
  const moved = sealedAt(1);
  for (const spoiled of [moved, { _tag: 'plain', data: contact }] as const) {
    inner.spoil(0, () => spoiled);
    const failure = contents(store, citizen, { reader: system });
    await expect(failure).rejects.toBeInstanceOf(BrokenSeal);
    await expect(failure).rejects.not.toThrow(phone);
  }
});
