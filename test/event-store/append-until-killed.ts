// A child process of the crash test: appends without end, and says on stdout what was acknowledged.
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { streamName, type EventId } from '../../src/application/ports/event-store.js';
import { SqliteEventStore } from '../../src/infrastructure/event-store/sqlite/sqlite-event-store.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { random } from '../support/random.js';
import { append, newEvent } from './synthetic-events.js';

const WRITERS = 8;

// Left to the process's end, which never comes, the next child would have to compile all anew.
flushCompileCache();

const [file, round] = process.argv.slice(2) as [string, string];
const store = SqliteEventStore.open({ file, clock: new SystemClock() });
const next = random(Number(round));
const below = (n: number) => Math.floor(next() * n);

/** One to three events, now and then a large one; each says how many of its append come after it. */
const events = () => {
  const count = 1 + below(3);
  const text = () => 'x'.repeat(below(20) === 0 ? 100_000 : below(400));
  return Array.from({ length: count }, (_, n) => newEvent({ text: text(), following: count - 1 - n }));
};

const acknowledge = (stream: string, revision: number, ids: ReadonlyArray<EventId>) =>
  // Written at once: a line that the parent sees was acknowledged.
  writeSync(1, `${stream} ${revision} ${ids.join(' ')}\n`);

const writer = async (n: number): Promise<never> => {
  const stream = streamName('call', `${round}-${n}`);
  for (let last = -1; ;) {
    const given = events();
    last = (await append(store, stream, last === -1 ? 'none' : last, given)).revision;
    acknowledge(
      stream,
      last,
      given.map(({ id }) => id),
    );
  }
};

await Promise.all(Array.from({ length: WRITERS }, (_, n) => writer(n)));
