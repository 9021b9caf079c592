import * as E from 'fp-ts/lib/Either.js';
import { randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Clock } from '../../src/application/ports/clock.js';
import {
  streamName,
  type Content,
  type EventId,
  type EventStore,
  type Json,
  type NewEvent,
  type ReadStreamOptions,
} from '../../src/application/ports/event-store.js';
import { UnknownKey } from '../../src/application/ports/key-vault.js';
import { mayOpen, SEALED_CATEGORIES } from '../../src/domain/kernel/disclosure.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { SealedEventStore } from '../../src/infrastructure/event-store/sealed/sealed-event-store.js';
import { BrokenSeal } from '../../src/infrastructure/event-store/sealed/sealing.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { found } from '../keys/raw-vault.js';
import { departmentStaff, erasure, operator, reader, resolved, system } from '../keys/synthetic.js';
import { tempDir } from '../support/temp-dir.js';

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

const clock: Clock = { now: () => '2026-04-01T00:30:00.000Z' as Instant };

const setUp = () => {
  const file = join(tempDir(), 'events.sqlite');
  const inner = SqliteEventStore.open({ file, clock });
  onTestFinished(() => inner.close());
  const vault = openVault();
  return { file, inner, vault, store: new SealedEventStore(inner, vault, SEALED_CATEGORIES) };
};

const stored = (inner: EventStore) => Array.fromAsync(inner.readAll());

const contents = async (store: SealedEventStore, stream = citizen, options?: ReadStreamOptions) =>
  (await Array.fromAsync(store.readStream(stream, options))).map(({ content }) => content);

test('what is appended to a personal stream reaches the store within sealed whole, and nothing of it in the clear', async () => {
  const { file, inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact), event({ reason: 'retention-due' }, 'ContactErasureBegun')])();
  await store.append(caller, 'none', [event({ from: phone }, 'NumbersCaptured')])();
  const events = await stored(inner);
  expect(events.map(({ content }) => content._tag)).toEqual(['sealed', 'sealed', 'sealed']);
  const personal = [phone, 'retention-due'].map((text) => Buffer.from(text));
  expect(found(dirname(file), personal)).toBe(0);
  await store.append(call, 'none', [event(contact)])();
  expect(found(dirname(file), personal)).toBe(1);
});

test('each stream has a key of its own, the same for all its events', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  await store.append(citizen, 0, [event(contact)])();
  await store.append(caller, 'none', [event(contact)])();
  const keyIds = (await stored(inner)).map(({ content }) => content._tag === 'sealed' && content.box.keyId);
  const [first, second, third] = keyIds;
  expect(first).toBe(second);
  expect(third).not.toBe(first);
});

test('other streams pass as they are, and need no key', async () => {
  const { inner, vault, store } = setUp();
  vault.close();
  const plain = event({ site: 'honcho' }, 'CallStarted');
  expect(await store.append(call, 'none', [plain])()).toMatchObject({ _tag: 'Right' });
  expect((await stored(inner))[0]).toMatchObject(plain);
  expect(await contents(store, call, { reader: operator })).toEqual([plain.content]);
});

test('an entitled reader, and the system, get what was appended', async () => {
  const { store } = setUp();
  const [first, second] = [event(contact), event({ reason: 'retention-due' }, 'ContactErasureBegun')];
  await store.append(citizen, 'none', [first, second])();
  for (const entitled of [system, departmentStaff])
    expect(await Array.fromAsync(store.readStream(citizen, { reader: entitled }))).toMatchObject([first, second]);
});

test('a reader who is not entitled learns what happened and when, not what it held', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  const withheld = { ...(await stored(inner))[0]!, content: { _tag: 'withheld' } };
  for (const refused of [operator, reader('auditor', 'callback'), reader('department-staff', 'curiosity')])
    expect(await Array.fromAsync(store.readStream(citizen, { reader: refused }))).toEqual([withheld]);
});

test('without a reader a stream stays sealed', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  expect(await Array.fromAsync(store.readStream(citizen))).toEqual(await stored(inner));
});

test('reading all and subscriptions never open', async () => {
  const { inner, store } = setUp();
  await store.append(citizen, 'none', [event(contact)])();
  await store.append(call, 'none', [event({ site: 'honcho' }, 'CallStarted')])();
  expect(await Array.fromAsync(store.readAll())).toEqual(await stored(inner));
  for await (const { events, live } of store.subscribe({ signal: new AbortController().signal })) {
    expect(events).toEqual(await stored(inner));
    expect(live).toBe(true);
    break;
  }
  expect(await store.head()).toBe((await stored(inner)).at(-1)!.position);
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
  const history = (await stored(inner)).slice(0, 2);
  const erased = history.map((told) => ({ ...told, content: { _tag: 'erased' } }));
  for (const anyone of [system, departmentStaff, operator])
    expect(await Array.fromAsync(store.readStream(citizen, { reader: anyone }))).toEqual(erased);
  expect(await contents(store, caller, { reader: system })).toEqual([{ _tag: 'plain', data: contact }]);
});

test('after its erasure nothing can be added, not even the same events again', async () => {
  const { inner, vault, store } = setUp();
  const collected = event(contact);
  await store.append(citizen, 'none', [collected])();
  await vault.erase(citizen, erasure);
  for (const again of [collected, event(contact)])
    expect(await store.append(citizen, 0, [again])()).toEqual(E.left({ _tag: 'erased', stream: citizen }));
  expect(await stored(inner)).toHaveLength(1);
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

test('what the store within answers to an append passes: repeats and conflicts', async () => {
  const { inner, store } = setUp();
  const collected = event(contact);
  const first = await store.append(citizen, 'none', [collected])();
  expect(await store.append(citizen, 'none', [collected])()).toEqual(first);
  expect(await stored(inner)).toHaveLength(1);
  expect(await store.append(citizen, 'none', [event(contact)])()).toMatchObject({ left: { _tag: 'conflict' } });
});

test('what every engine refuses is refused before a key is made', async () => {
  const { vault, store } = setUp();
  const mint = vi.spyOn(vault, 'mint');
  const collected = event(contact);
  const refused = (code: string) => ({ left: { _tag: 'refused', code } });
  expect(await store.append(citizen, 'none', [])()).toMatchObject(refused('empty_append'));
  expect(await store.append(citizen, 'none', [collected, collected])()).toMatchObject(refused('repeated_event_id'));
  expect(await store.append(citizen, 'none', [event('x'.repeat(2 ** 20))])()).toMatchObject(refused('event_too_large'));
  expect(await store.append(streamName('citizen', 'A B'), 'none', [collected])()).toMatchObject(
    refused('bad_stream_name'),
  );
  expect(mint).not.toHaveBeenCalled();
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
  expect(await stored(inner)).toHaveLength(1);
});

test('an event that was spoiled in the store is not opened, and the error repeats nothing of it', async () => {
  const { file, store } = setUp();
  await store.append(citizen, 'none', [event(contact), event({ phone: '03-0000-0002' })])();
  const raw = new DatabaseSync(file);
  onTestFinished(() => raw.close());
  for (const spoil of [
    'UPDATE events SET data = (SELECT data FROM events WHERE revision = 1) WHERE revision = 0',
    `UPDATE events SET data = '{"phone":"${phone}"}' WHERE revision = 0`,
    `UPDATE events SET data = '{"phone":"${phone}"}', key_id = NULL WHERE revision = 0`,
  ]) {
    raw.exec(spoil);
    const failure = contents(store, citizen, { reader: system });
    await expect(failure).rejects.toBeInstanceOf(BrokenSeal);
    await expect(failure).rejects.not.toThrow(phone);
  }
});
