import { expect, test } from 'vitest';
import type { RecordingFilter } from '../../src/application/ports/recordings-view.js';
import type { CallId, RecorderCode, RecordingId } from '../../src/domain/kernel/ids.js';
import type { ExternalRef } from '../../src/domain/kernel/reference.js';
import { instant, type Instant, type Period } from '../../src/domain/kernel/time.js';
import {
  DestructionRequested,
  RecordingDestroyed,
  RecordingFlaggedSensitive,
  RecordingListened,
  RecordingQuarantined,
  RecordingRegistered,
  RecordingReleased,
  SensitiveFlagCleared,
} from '../../src/domain/recording/events.js';
import type { OpenViewsUnderTest } from './views-under-test.js';

const day = (n: number): Instant => instant(Date.UTC(2026, 3, n, 1));
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

const registered = (n: number) => ({
  call: uuid(800 + n) as CallId,
  source: {
    recorder: (n % 2 === 0 ? 'asterisk-honcho' : 'asterisk-kita') as RecorderCode,
    ref: `rec/${n}` as ExternalRef,
  },
  startedAt: day(1 + n),
  endedAt: day(2 + n),
  bytes: 16_044,
  mediaType: 'audio/wav',
  emergencyFlag: false,
  retention: 'P3M' as Period,
  dueAt: day(10 + n),
});

/** What every engine shows of recordings (K3, K4, K6, K7). */
export const recordingsContract = (open: OpenViewsUnderTest): void => {
  const recordingsOf = async (count: number) => {
    const views = await open();
    for (let n = 0; n < count; n++) views.log.add('recording', uuid(n), RecordingRegistered(registered(n)));
    await views.caughtUp();
    const entry = async (n: number) => {
      await views.caughtUp();
      return (await views.recordings.get(uuid(n) as RecordingId))!;
    };
    return { ...views, entry };
  };

  test('as it was registered', async () => {
    const { entry, recordings } = await recordingsOf(1);
    const { emergencyFlag: _, retention: __, ...shown } = registered(0);
    expect(await entry(0)).toEqual({ id: uuid(0), ...shown, sensitive: false, listened: 0, revision: 0 });
    expect(await recordings.get(uuid(1) as RecordingId)).toBeUndefined();
  });

  test('in quarantine and out of it', async () => {
    const { log, entry } = await recordingsOf(1);
    log.add('recording', uuid(0), RecordingQuarantined({ reason: 'not-announced' }));
    expect(await entry(0)).toMatchObject({ quarantined: 'not-announced' });
    log.add('recording', uuid(0), RecordingReleased({}));
    expect(await entry(0)).not.toHaveProperty('quarantined');
  });

  test('flagged sensitive, and cleared', async () => {
    const { log, entry } = await recordingsOf(1);
    log.add('recording', uuid(0), RecordingFlaggedSensitive({ ground: 'health' }));
    expect(await entry(0)).toMatchObject({ sensitive: true, sensitiveGround: 'health' });
    log.add('recording', uuid(0), SensitiveFlagCleared({}));
    expect(await entry(0)).not.toHaveProperty('sensitiveGround');
  });

  test('each listening counts', async () => {
    const { log, entry } = await recordingsOf(1);
    log.add('recording', uuid(0), RecordingListened({ purpose: 'inquiry-analysis' }), { occurredAt: day(5) });
    log.add('recording', uuid(0), RecordingListened({ purpose: 'inquiry-analysis' }), { occurredAt: day(6) });
    expect(await entry(0)).toMatchObject({ listened: 2, lastListenedAt: day(6) });
  });

  test('destroyed on request, seen gone', async () => {
    const { log, entry } = await recordingsOf(1);
    log.add('recording', uuid(0), DestructionRequested({ reason: 'retention-due' }));
    expect(await entry(0)).toMatchObject({ destructionRequested: 'retention-due' });
    log.add('recording', uuid(0), RecordingDestroyed({ goneAt: day(20) }));
    expect(await entry(0)).toMatchObject({ destroyedAt: day(20), revision: 2 });
  });

  test.each<readonly [string, RecordingFilter, ReadonlyArray<number>]>([
    ['none: latest first', {}, [4, 3, 2, 1, 0]],
    ['from, included; to, excluded', { from: day(2), to: day(4) }, [2, 1]],
    ['call', { call: uuid(803) as CallId }, [3]],
    ['recorder', { recorder: 'asterisk-kita' as RecorderCode }, [3, 1]],
    ['in quarantine', { quarantined: true }, [1]],
    ['not in quarantine', { quarantined: false }, [4, 3, 2, 0]],
    ['sensitive', { sensitive: true }, [2]],
    ['not sensitive', { sensitive: false }, [4, 3, 1, 0]],
    ['destroyed', { destroyed: true }, [3]],
    ['due and still there', { dueBefore: day(14), destroyed: false }, [2, 1, 0]],
  ])('filter: %s', async (_, filter, expected) => {
    const { log, caughtUp, recordings } = await recordingsOf(5);
    log.add('recording', uuid(1), RecordingQuarantined({ reason: 'declined' }));
    log.add('recording', uuid(2), RecordingFlaggedSensitive({ ground: 'health' }));
    log.add('recording', uuid(3), DestructionRequested({ reason: 'retention-due' }));
    log.add('recording', uuid(3), RecordingDestroyed({ goneAt: day(20) }));
    await caughtUp();
    const first = await recordings.page(filter, { limit: 3 });
    const rest = first.next === undefined ? [] : (await recordings.page(filter, { limit: 3, after: first.next })).items;
    expect([...first.items, ...rest].map(({ id }) => Number(id.slice(-12)))).toEqual(expected);
  });
};
