import { describe, expect, test } from 'vitest';
import type { RecorderFact } from '../../../src/application/ports/recorder-ingest.js';
import { tempDir } from '../../support/temp-dir.js';
import { MemoryIngest } from '../memory-ingest.js';
import { memoryState } from '../memory-state.js';
import { callOn, calls, config } from './captured.js';
import type { Step } from './exchange.js';
import { bytesOf, run } from './run.js';
import { loudness, StandIn } from './stand-in.js';

const configFor = ({ ariUrl, celFile, cdrFile, monitorDir }: StandIn) => ({
  ...config,
  ariUrl,
  celFile,
  cdrFile,
  monitorDir,
});

/** Resolves when so many calls have ended and so many recordings are told of. */
const told = (ingest: MemoryIngest, ended: number, recordings: number) =>
  ingest.when(() =>
    ingest.ofType('call-ended').length >= ended && ingest.ofType('recording-stored').length >= recordings
      ? true
      : undefined,
  );

const typesOf = (facts: ReadonlyArray<RecorderFact>) => facts.map(({ type }) => type);

describe('the Asterisk recorder, by a replay of captures (no Asterisk runs)', () => {
  test('tells of a call on each extension, with both numbers, once', async () => {
    const standIn = await StandIn.start(tempDir(), calls);
    const ingest = new MemoryIngest();
    await run(configFor(standIn), ingest, memoryState());
    await told(ingest, 5, 4);

    expect(ingest.ofType('call-started').map(({ from, to, line, site }) => [from, to, line, site])).toEqual([
      ['0300000001', '7001', 'daihyo', 'honcho'],
      ['0300000002', '7119', 'saigai', 'honcho'],
      ['0300000003', '7000', 'annai', 'honcho'],
      ['0300000004', '7002', 'call-center', 'honcho'],
      ['0300000005', '7003', 'kinen', 'honcho'],
    ]);
    const withAnnouncement = ['call-started', 'call-answered', 'announcement-played', 'call-ended', 'recording-stored'];
    const without = withAnnouncement.filter((type) => type !== 'announcement-played');
    expect(typesOf(ingest.of(callOn('7001')))).toEqual(withAnnouncement);
    expect(typesOf(ingest.of(callOn('7002')))).toEqual(withAnnouncement);
    expect(typesOf(ingest.of(callOn('7119')))).toEqual(without);
    expect(typesOf(ingest.of(callOn('7003')))).toEqual(without);
    expect(typesOf(ingest.of(callOn('7000')))).toEqual(['call-started', 'call-answered', 'call-ended']);
    expect(ingest.told).toBe(ingest.facts.size);
    expect(standIn.unexpected).toEqual([]);
    expect(standIn.left).toEqual([]);
  });

  test('conducts a call: no second of it is recorded before the announcement has ended', async () => {
    const standIn = await StandIn.start(tempDir(), calls);
    const ingest = new MemoryIngest();
    await run(configFor(standIn), ingest, memoryState());
    await told(ingest, 5, 4);
    const call = callOn('7002');
    const announcement = ingest.ofType('announcement-played').find((fact) => fact.call === call);
    const recording = ingest.ofType('recording-stored').find((fact) => fact.call === call);
    expect(recording).toMatchObject({ recording: `ari:madoguchi/${call}`, bytes: 37_484, mediaType: 'audio/wav' });
    expect(recording!.startedAt >= announcement!.at).toBe(true);
  });

  test('marks the emergency line, and no other', async () => {
    const standIn = await StandIn.start(tempDir(), calls);
    const ingest = new MemoryIngest();
    await run(configFor(standIn), ingest, memoryState());
    await told(ingest, 5, 4);
    const marked = ingest.ofType('recording-stored').filter(({ emergencyFlag }) => emergencyFlag);
    expect(marked.map(({ call }) => call)).toEqual([callOn('7119')]);
  });

  test('fetches the audio of the exchange, deletes it and sees it gone', async () => {
    const standIn = await StandIn.start(tempDir(), calls);
    const ingest = new MemoryIngest();
    const { audio: archive } = await run(configFor(standIn), ingest, memoryState());
    await told(ingest, 5, 4);
    const { recording, bytes } = ingest.ofType('recording-stored').find(({ call }) => call === callOn('7001'))!;
    const audio = await bytesOf(archive.fetch(recording));
    expect(audio.toString('latin1', 0, 4)).toBe('RIFF');
    expect(audio).toHaveLength(bytes);
    expect(loudness(audio)).toBeGreaterThan(0.01);
    expect(await archive.isGone(recording)).toBe(false);
    await archive.delete(recording);
    await archive.delete(recording);
    expect(await archive.isGone(recording)).toBe(true);
    await expect(bytesOf(archive.fetch(recording))).rejects.toThrow();
  });

  test('tells each fact once over many restarts, while every other fact cannot be stored at first', async () => {
    const ownCalls = calls.filter(
      (step) => !('request' in step || 'event' in step) && !JSON.stringify(step).includes(callOn('7002')),
    );
    const undisturbed = new MemoryIngest();
    await run(configFor(await StandIn.start(tempDir(), ownCalls)), undisturbed, memoryState());
    await told(undisturbed, 4, 3);

    const standIn = await StandIn.start(tempDir(), ownCalls);
    const ingest = new MemoryIngest();
    let attempts = 0;
    ingest.before = () => {
      attempts += 1;
      if (attempts % 2 === 1) throw new Error('not durable');
    };
    const state = memoryState();
    for (let facts = 2; facts < undisturbed.facts.size; facts += 3) {
      const { recorder } = await run(configFor(standIn), ingest, state);
      await ingest.when(() => (ingest.facts.size >= facts ? true : undefined));
      await recorder.stop();
    }
    await run(configFor(standIn), ingest, state);
    await told(ingest, 4, 3);

    const sorted = (facts: MemoryIngest) => [...facts.facts].toSorted(([a], [b]) => a.localeCompare(b));
    expect(sorted(ingest)).toEqual(sorted(undisturbed));
  });

  test('does not record a call whose announcement could not be played', async () => {
    const conducted = calls.filter((step) => JSON.stringify(step).includes(callOn('7002')));
    const unannounced = conducted
      .filter((step) => !('request' in step && step.request.path.endsWith('/record')))
      .map(
        (step) => JSON.parse(JSON.stringify(step).replaceAll('madoguchi-recorded-', 'madoguchi-unrecorded-')) as Step,
      )
      .map((step) => ('event' in step && isPlaybackEnd(step.event) ? playbackFailed(step.event) : step))
      .filter((step) => !('cel' in step && step.cel.includes('FILE_STREAM_BEGIN')));
    const standIn = await StandIn.start(tempDir(), unannounced);
    const ingest = new MemoryIngest();
    const { messages } = await run(configFor(standIn), ingest, memoryState());
    await ingest.when(() => ingest.ofType('call-ended')[0]);
    expect(typesOf([...ingest.facts.values()])).toEqual(['call-started', 'call-answered', 'call-ended']);
    expect(messages).toContain('the announcement could not be played: a call goes on unrecorded');
    expect(standIn.unexpected.filter((request) => request.endsWith('/record'))).toEqual([]);
  });

  test('says once that the connection is lost, and connects anew', async () => {
    const standIn = await StandIn.start(tempDir(), []);
    const { connected, messages } = await run(configFor(standIn), new MemoryIngest(), memoryState());
    await connected();
    standIn.disconnect();
    await connected(2);
    standIn.disconnect();
    await connected(3);
    const [up, down] = ['connected to ARI', 'the connection to ARI is lost'];
    expect(messages).toEqual([up, down, up, down, up]);
  });

  test('says when another client took the application over', async () => {
    const standIn = await StandIn.start(tempDir(), [{ event: { type: 'ApplicationReplaced' } }]);
    const { messages } = await run(configFor(standIn), new MemoryIngest(), memoryState());
    await expect
      .poll(() => messages)
      .toContain('another client took over the application: its calls are no longer conducted from here');
  });
});

interface PlaybackEnd {
  readonly type: 'PlaybackFinished';
  readonly playback: object;
}

const isPlaybackEnd = (event: unknown): event is PlaybackEnd => (event as PlaybackEnd).type === 'PlaybackFinished';
const playbackFailed = (event: PlaybackEnd): Step => ({
  event: { ...event, playback: { ...event.playback, state: 'failed' } },
});
