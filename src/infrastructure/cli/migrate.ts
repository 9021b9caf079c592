import { join } from 'node:path';
import type { Config } from '../config.js';
import { readOrCreateMasterKey } from '../keys/master-key-file.js';
import { openEmbeddedSide } from '../migrate/embedded-side.js';
import { migrate, type MigrateProgress } from '../migrate/migrate.js';
import { openSharedSide } from '../migrate/shared-side.js';
import { SystemClock } from '../system-clock.js';

const EVERY_MS = 1_000;

/** Moves everything to where `to` says; what is said on the way goes to `say`, a line at a time. */
export const runMigrate = async (
  config: Config,
  to: 'shared' | 'embedded',
  say: (line: string) => void,
): Promise<void> => {
  const { shared, data } = config;
  if (shared === undefined)
    throw new Error('name both ends: EVENTSTORE_URL, KEYS_URL, DATABASE_URL and MADOGUCHI_DATA');
  // Wrapped keys are moved as they are: without the master key of their side they would never open again.
  const masterKey = readOrCreateMasterKey(config.masterKey ?? join(data, 'master.key'), 'the side to be moved');
  const clock = new SystemClock();
  const lost = (why: Error) => {
    say(`broken off: ${why.message}. Nothing is lost: start it again`);
    process.exit(1);
  };
  await using sides = new AsyncDisposableStack();
  const embedded = sides.adopt(await openEmbeddedSide(data, masterKey, clock), (side) => side.close());
  const others = sides.adopt(await openSharedSide(shared, masterKey, clock, lost), (side) => side.close());
  const [source, target] = to === 'shared' ? [embedded, others] : [others, embedded];
  say(`moving from ${source.name} to ${target.name}`);
  const { events, digest } = await migrate(source, target, nowAndThen(say));
  say(`moved ${events} events; both sides hold the same, SHA-256 ${digest}`);
  say(`${source.name} does not start any more, and holds no keys: serve from ${target.name}`);
};

/** A line when something else begins, and one a second while it goes on. */
const nowAndThen = (say: (line: string) => void) => {
  let doing = '';
  let beganAt = 0;
  let beganWith = 0;
  let saidAt = 0;
  return (progress: MigrateProgress): void => {
    const now = performance.now();
    const { events = 0, reached } = progress;
    if (progress.doing !== doing) {
      ({ doing } = progress);
      [beganAt, beganWith, saidAt] = [now, events, now];
      say(doing);
    }
    if (now - saidAt < EVERY_MS) return;
    saidAt = now;
    const rate = Math.round((events - beganWith) / ((now - beganAt) / 1_000));
    say(`  ${events} events, ${rate} a second${reached === undefined ? '' : `, recorded up to ${reached}`}`);
  };
};
