import { describe, expect, test } from 'vitest';
import type { RecorderFact } from '../../../src/application/ports/recorder-ingest.js';
import { MemoryIngest } from '../memory-ingest.js';
import { expectEachOf100CallsOnce } from './hundred-calls.js';
import { call, fromNow, killAndRestart, missing, restart } from './real-asterisk.js';
import { bytesOf, run } from './run.js';
import { settings } from './settings.js';
import { loudness } from './stand-in.js';

/** The facts of the call from this number, when they are so many. */
const factsOf = (ingest: MemoryIngest, from: string, count: number): Promise<ReadonlyArray<RecorderFact>> =>
  ingest.when(() => {
    const started = ingest.ofType('call-started').find((fact) => fact.from === from);
    const facts = started === undefined ? [] : ingest.of(started.call);
    return facts.length >= count ? facts : undefined;
  });

const has = (ingest: MemoryIngest, from: string, type: RecorderFact['type']) =>
  ingest.when(() => {
    const started = ingest.ofType('call-started').find((fact) => fact.from === from);
    return ingest.of(started?.call ?? '').find((fact) => fact.type === type);
  });

const typesOf = (facts: ReadonlyArray<RecorderFact>) => facts.map(({ type }) => type);

const announced = ['call-started', 'call-answered', 'announcement-played', 'call-ended', 'recording-stored'];
const unannounced = announced.filter((type) => type !== 'announcement-played');

describe.skipIf(missing !== undefined)(
  `the Asterisk recorder at a real Asterisk${missing ? ` (skipped: ${missing})` : ''}`,
  { timeout: 90_000 },
  () => {
    test('tells of a call on each extension; fetches its audio, deletes it and sees it gone', async () => {
      const ingest = new MemoryIngest();
      const { audio: archive, connected } = await run(settings(), ingest, await fromNow());
      await connected();
      const [plain, dialplan, conducted, short, emergency] = await Promise.all([
        call('7000', '0300001000', 6).then(() => factsOf(ingest, '0300001000', 3)),
        call('7001', '0300001001', 6).then(() => factsOf(ingest, '0300001001', 5)),
        call('7002', '0300001002', 6).then(() => factsOf(ingest, '0300001002', 5)),
        call('7003', '0300001003', 6).then(() => factsOf(ingest, '0300001003', 4)),
        call('7119', '0300001119', 6).then(() => factsOf(ingest, '0300001119', 4)),
      ]);
      expect(typesOf(plain)).toEqual(['call-started', 'call-answered', 'call-ended']);
      expect(typesOf(dialplan)).toEqual(announced);
      expect(typesOf(conducted)).toEqual(announced);
      expect(typesOf(short)).toEqual(unannounced);
      expect(typesOf(emergency)).toEqual(unannounced);
      expect(conducted[0]).toMatchObject({ from: '0300001002', to: '7002', line: 'call-center', site: 'honcho' });
      expect(emergency.at(-1)).toMatchObject({ emergencyFlag: true });

      for (const { recording, bytes, startedAt, endedAt } of ingest.ofType('recording-stored')) {
        const audio = await bytesOf(archive.fetch(recording));
        expect(audio.toString('latin1', 0, 4)).toBe('RIFF');
        expect(audio).toHaveLength(bytes);
        expect(loudness(audio)).toBeGreaterThan(0.01);
        const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
        expect(Math.abs((audio.length - 44) / 16_000 - seconds)).toBeLessThan(1);
        await archive.delete(recording);
        expect(await archive.isGone(recording)).toBe(true);
        await archive.delete(recording);
      }
    });

    test.for([
      ['while it is announced', 'call-answered'],
      ['while it is recorded', 'announcement-played'],
    ] as const)('takes up a conducted call after a restart %s', async ([, fact]) => {
      const from = '0300001010';
      const ingest = new MemoryIngest();
      const state = await fromNow();
      const first = await run(settings(), ingest, state);
      await first.connected();
      const placed = call('7002', from, 12);
      await has(ingest, from, fact);
      await first.recorder.stop();
      const second = await run(settings(), ingest, state);
      expect(await placed).toBe(true);
      expect(typesOf(await factsOf(ingest, from, 5))).toEqual(announced);
      const { recording, startedAt, endedAt } = ingest.ofType('recording-stored')[0]!;
      const audio = await bytesOf(second.audio.fetch(recording));
      expect(loudness(audio)).toBeGreaterThan(0.01);
      expect((audio.length - 44) / 16_000).toBeGreaterThan((Date.parse(endedAt) - Date.parse(startedAt)) / 1000 - 1);
      expect(second.messages).toEqual(['connected to ARI']);
      await second.audio.delete(recording);
    });

    test('clears up after a conducted call that ended while it was down', async () => {
      const ingest = new MemoryIngest();
      const state = await fromNow();
      const first = await run(settings(), ingest, state);
      await first.connected();
      const placed = call('7002', '0300001020', 7);
      await has(ingest, '0300001020', 'announcement-played');
      await first.recorder.stop();
      expect(await placed).toBe(true);
      const { audio: archive } = await run(settings(), ingest, state);
      expect(typesOf(await factsOf(ingest, '0300001020', 5))).toEqual(announced);
      const { recording } = ingest.ofType('recording-stored')[0]!;
      await archive.delete(recording);
      expect(await archive.isGone(recording)).toBe(true);
    });

    test('tells of calls that the exchange conducted and recorded while it was down', async () => {
      const ingest = new MemoryIngest();
      const state = await fromNow();
      const first = await run(settings(), ingest, state);
      const placed = call('7001', '0300001030', 6);
      await has(ingest, '0300001030', 'call-started');
      await first.recorder.stop();
      expect(await placed).toBe(true);
      expect(await call('7119', '0300001031', 3)).toBe(true);
      await run(settings(), ingest, state);
      expect(typesOf(await factsOf(ingest, '0300001030', 5))).toEqual(announced);
      expect(typesOf(await factsOf(ingest, '0300001031', 4))).toEqual(unannounced);
    });

    test.for([
      ['was killed', killAndRestart],
      ['was restarted', restart],
    ] as const)('ends the calls of an Asterisk that %s, keeps their audio, and goes on', async ([, end]) => {
      const ingest = new MemoryIngest();
      const [dialplan, conducted, next] = ['0300001040', '0300001041', '0300001042'] as const;
      const { audio: archive, connected } = await run(settings(), ingest, await fromNow());
      await connected();
      const placed = [call('7001', dialplan, 15), call('7002', conducted, 15)];
      await has(ingest, dialplan, 'announcement-played');
      await has(ingest, conducted, 'announcement-played');
      // The exchange writes audio now and then: by the end of another call there is some.
      await call('7003', '0300001043', 6);
      await end();
      await Promise.all(placed);
      expect(typesOf(await factsOf(ingest, dialplan, 5))).toEqual(announced);
      expect(typesOf(await factsOf(ingest, conducted, 5))).toEqual(announced);
      await connected(2);
      for (const { recording } of ingest.ofType('recording-stored'))
        expect(loudness(await bytesOf(archive.fetch(recording)))).toBeGreaterThan(0.01);

      await call('7002', next, 5);
      expect(typesOf(await factsOf(ingest, next, 5))).toEqual(announced);
      expect(ingest.ofType('call-started')).toHaveLength(4);
      expect(ingest.ofType('call-ended')).toHaveLength(4);
    });

    test('100 calls, 10 at a time, Madoguchi killed twice and Asterisk once: each once', { timeout: 400_000 }, () =>
      expectEachOf100CallsOnce(),
    );
  },
);
