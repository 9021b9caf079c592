import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { streamName, type StreamName } from '../../src/application/ports/event-store.js';
import { mayOpen, SEALED_CATEGORIES } from '../../src/domain/kernel/disclosure.js';
import { SealedEventStore } from '../../src/infrastructure/event-store/sealed/sealed-event-store.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { openEmbeddedSide } from '../../src/infrastructure/migrate/embedded-side.js';
import { migrate } from '../../src/infrastructure/migrate/migrate.js';
import type { Side } from '../../src/infrastructure/migrate/side.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { erasure, resolved, system } from '../keys/synthetic.js';
import { append, newEvents, newStream } from '../event-store/synthetic-events.js';
import { tempDir } from '../support/temp-dir.js';

const clock = new SystemClock();

/** A data directory with plain and sealed streams; one key is erased. */
const place = () => {
  const masterKey = new MasterKey(randomBytes(32));
  const [source, target] = [join(tempDir(), 'source'), join(tempDir(), 'target')];
  return { masterKey, source, target };
};

const [living, erased] = [1, 2].map((n) => streamName('citizen', `0190a0b0-0000-7000-8000-00000000000${n}`)) as [
  StreamName,
  StreamName,
];

const fill = async (folder: string, masterKey: MasterKey) => {
  await (await openEmbeddedSide(folder, masterKey, clock)).close();
  const keys = SqliteKeyVault.open({ file: join(folder, 'keys.sqlite'), masterKey, access: mayOpen });
  const events = SqliteEventStore.open({ file: join(folder, 'events.sqlite'), clock });
  const store = new SealedEventStore(events, keys, SEALED_CATEGORIES);
  for (const stream of [newStream(), living, erased]) await append(store, stream, 'none', newEvents(3));
  await keys.erase(erased, erasure);
  await events.close();
  keys.close();
};

class Cut extends Error {}

/** A side whose nth change, of all that both sides make, is cut off: before it is made, or right after. */
const cutAt = (side: Side, cut: { left: number; readonly when: 'before' | 'after' }): Side => {
  const change = async <A>(work: () => Promise<A>): Promise<A> => {
    const isCut = cut.left-- === 0;
    if (isCut && cut.when === 'before') throw new Cut();
    const done = await work();
    if (isCut) throw new Cut();
    return done;
  };
  const changing = <T extends object>(of: T, names: ReadonlyArray<string>): T =>
    new Proxy(of, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const method = (...args: unknown[]): unknown => Reflect.apply(value, target, args);
        return names.includes(String(name)) ? (...args: unknown[]) => change(async () => method(...args)) : method;
      },
    });
  return {
    ...side,
    store: changing(side.store, ['takeOver', 'note']),
    vault: changing(side.vault, ['takeErasures', 'takeKeys', 'destroyKeys']),
    beginWith: (cursors) => change(() => side.beginWith(cursors)),
  };
};

const starts = async (folder: string): Promise<boolean> => {
  try {
    await SqliteEventStore.open({ file: join(folder, 'events.sqlite'), clock }).close();
    return true;
  } catch {
    return false;
  }
};

test.each(['before', 'after'] as const)(
  'cut off %s any of its steps, it never lets both sides start, loses no key, and goes on',
  async (when) => {
    let cuts = 0;
    for (let left = 0, isCut = true; isCut; left++) {
      const { masterKey, source, target } = place();
      await fill(source, masterKey);
      const run = async (cut: { left: number; readonly when: 'before' | 'after' }) => {
        const [from, to] = [
          await openEmbeddedSide(source, masterKey, clock),
          await openEmbeddedSide(target, masterKey, clock),
        ];
        try {
          return await migrate(cutAt(from, cut), cutAt(to, cut), () => undefined);
        } finally {
          await from.close();
          await to.close();
        }
      };
      isCut = await run({ left, when }).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Cut) return true;
          throw error;
        },
      );
      if (isCut) {
        cuts++;
        // Before the first change the target is empty, and none of the source's business.
        const nothingDone = left === 0 && when === 'before';
        expect([await starts(source), await starts(target)]).not.toEqual([true, !nothingDone]);
        expect((await run({ left: Infinity, when })).events).toBe(9);
      }
      expect([await starts(source), await starts(target)]).toEqual([false, true]);
      const keys = SqliteKeyVault.open({ file: join(target, 'keys.sqlite'), masterKey, access: mayOpen });
      resolved(await keys.find(living, system));
      expect(await keys.find(erased, system)).toEqual({ _tag: 'erased', erasure });
      keys.close();
      const rest = SqliteKeyVault.open({ file: join(source, 'keys.sqlite'), masterKey, access: mayOpen });
      expect(await Array.fromAsync(rest.wrappedKeys())).toEqual([]);
      rest.close();
    }
    expect(cuts).toBeGreaterThanOrEqual(8);
  },
);
