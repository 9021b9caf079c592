import { describe, expect, test } from 'vitest';
import { sourceId } from '../../src/application/aggregates/ids.js';
import { DiscloseNumbers } from '../../src/application/call/disclose-numbers.js';
import { WithdrawConsent } from '../../src/application/consent/commands.js';
import { DeclareEmergency } from '../../src/application/emergency/commands.js';
import { EraseNumbers } from '../../src/application/erasure/erase-numbers.js';
import { DestroyRecordings } from '../../src/application/reactions/destroy-recordings.js';
import { DestroyRecording, ListenToRecording } from '../../src/application/recording/commands.js';
import { FactRefused, type RecorderFact } from '../../src/application/ports/recorder-ingest.js';
import { recording as recordingAggregate } from '../../src/domain/recording/recording.js';
import type { Instant } from '../../src/domain/kernel/time.js';
import { World } from './world.js';

const RECORDER = 'asterisk-honcho';
const call = '1795292498.0';
const file = `${call}.wav`;
const callId = sourceId<string>('call', RECORDER, call);
const recordingId = sourceId<string>('recording', RECORDER, file);

const facts = (emergencyFlag = false): Record<string, RecorderFact> => ({
  started: {
    type: 'call-started',
    call,
    site: 'honcho',
    line: 'daihyo-1',
    direction: 'inbound',
    startedAt: '2026-04-01T00:30:00.000Z',
    from: '0300000001',
    to: '7001',
  },
  answered: { type: 'call-answered', call, answeredAt: '2026-04-01T00:30:01.000Z' },
  announced: { type: 'announcement-played', call, at: '2026-04-01T00:30:04.000Z' },
  ended: { type: 'call-ended', call, endedAt: '2026-04-01T00:31:00.000Z' },
  stored: {
    type: 'recording-stored',
    call,
    recording: file,
    startedAt: '2026-04-01T00:30:05.000Z',
    endedAt: '2026-04-01T00:31:00.000Z',
    bytes: 80_364,
    mediaType: 'audio/wav',
    emergencyFlag,
  },
});

const status = async (world: World) => (await world.aggregates.load(recordingAggregate, recordingId)).state.status;

const told = async (names: ReadonlyArray<string>, emergencyFlag = false) => {
  const world = await World.create();
  world.clock.hold('2026-04-01T01:00:00.000Z' as Instant);
  const all = facts(emergencyFlag);
  for (const name of names) await world.ingest.ingest(RECORDER, all[name]!);
  return { world, all };
};

const whole = ['started', 'answered', 'announced', 'ended', 'stored'];

describe('a recorder’s facts (K1-K4)', () => {
  test('become a call, a consent and a recording; told again, nothing more', async () => {
    const { world, all } = await told(whole);
    const counts = await world.counts();
    expect(counts).toMatchObject({
      NumbersCaptured: 1,
      CallStarted: 1,
      CallAnswered: 1,
      RecordingAnnounced: 1,
      CallEnded: 1,
      RecordingRegistered: 1,
    });
    expect(counts).not.toHaveProperty('RecordingQuarantined');
    for (const fact of Object.values(all)) await world.ingest.ingest(RECORDER, fact);
    expect(await world.counts()).toEqual(counts);
  });

  test('told again with other content: the first telling stands', async () => {
    const { world, all } = await told(whole);
    const before = await world.events();
    await world.ingest.ingest(RECORDER, { ...all['ended'], endedAt: '2026-04-01T00:32:00.000Z' } as RecorderFact);
    await world.ingest.ingest(RECORDER, { ...all['stored'], bytes: 1 } as RecorderFact);
    expect(await world.events()).toEqual(before);
  });

  test('both numbers are sealed, and opened for those entitled', async () => {
    const { world } = await told(whole);
    expect(JSON.stringify(await world.events())).not.toContain('0300000001');
    const look = (who: keyof World['actors']) =>
      new DiscloseNumbers(callId, { purpose: 'complaint-analysis' }, world.by(who));
    expect((await world.done(look('manager'))).content).toEqual({ from: '0300000001', to: '7001' });
    expect(await world.codes(look('operator'))).toEqual(['role_not_entitled']);
    await world.done(new EraseNumbers(callId, { reason: 'citizen-request' }, world.by('manager')));
  });

  test('ahead of our clock are not lost: they are taken when their time has come', async () => {
    const { world, all } = await told([]);
    world.clock.hold('2026-04-01T00:00:00.000Z' as Instant);
    const early = world.ingest.ingest(RECORDER, all['started']!);
    await expect(early).rejects.toThrow('tell it again');
    await expect(early).rejects.not.toBeInstanceOf(FactRefused);
    world.clock.hold('2026-04-01T01:00:00.000Z' as Instant);
    await world.ingest.ingest(RECORDER, all['started']!);
    expect(await world.counts()).toMatchObject({ CallStarted: 1 });
  });

  test('a reference that holds a number, or a fact out of shape, is refused by name', async () => {
    const { world, all } = await told([]);
    const refused = (change: object) => world.ingest.ingest(RECORDER, { ...all['started'], ...change } as RecorderFact);
    await expect(refused({ call: 'in-0300000001-77' })).rejects.toThrow('reference_holds_number');
    await expect(refused({ site: 'HONCHO', startedAt: 'yesterday' })).rejects.toThrow(
      'refused: invalid_field site, invalid_field startedAt',
    );
    expect(await world.counts()).not.toHaveProperty('NumbersCaptured');
  });
});

describe('without announcement (K3)', () => {
  test('the recording is quarantined, the recorder’s emergency flag notwithstanding', async () => {
    const { world } = await told(['started', 'ended', 'stored'], true);
    expect(await status(world)).toBe('quarantined');
    const listen = new ListenToRecording(recordingId, { purpose: 'inquiry-analysis' }, world.by('manager'));
    expect(await world.codes(listen)).toEqual(['consent_missing', 'recording_quarantined']);
  });

  test('a declared emergency exempts it', async () => {
    const world = await World.create();
    world.clock.hold('2026-04-01T00:00:00.000Z' as Instant);
    await world.done(new DeclareEmergency('city', { kind: 'disaster' }, world.by('manager')));
    world.clock.hold('2026-04-01T01:00:00.000Z' as Instant);
    for (const name of ['started', 'ended', 'stored']) await world.ingest.ingest(RECORDER, facts(true)[name]!);
    expect(await status(world)).toBe('stored');
    expect(await world.counts()).toMatchObject({ AnnouncementExempted: 1 });
  });

  test('an emergency declared after the call does not', async () => {
    const world = await World.create();
    world.clock.hold('2026-04-01T00:45:00.000Z' as Instant);
    await world.done(new DeclareEmergency('city', { kind: 'disaster' }, world.by('manager')));
    for (const name of ['started', 'ended', 'stored']) await world.ingest.ingest(RECORDER, facts(true)[name]!);
    expect(await status(world)).toBe('quarantined');
  });
});

describe('destroying a recording (K7)', () => {
  test('deletes the audio, looks again, and only then says that it is gone', async () => {
    const { world } = await told(whole);
    world.audio.held.set(file, new Uint8Array(4));
    await world.done(new WithdrawConsent(callId, { withdrawnAt: world.clock.now() }, world.by('manager')));
    await world.done(new DestroyRecording(recordingId, { reason: 'consent-withdrawn' }, world.by('manager')));
    const request = (await world.events()).findLast(({ type }) => type === 'DestructionRequested')!;
    world.audio.down = true;
    await expect(world.get(DestroyRecordings).react(request)).rejects.toThrow('down');
    expect(await status(world)).toBe('being-destroyed');
    world.audio.down = false;
    await world.get(DestroyRecordings).react(request);
    expect(await status(world)).toBe('destroyed');
    expect(world.audio.held.size).toBe(0);
    await world.get(DestroyRecordings).react(request);
    expect((await world.counts())['RecordingDestroyed']).toBe(1);
  });
});

test('two recorders’ equal references are two calls', async () => {
  const { world } = await told(['started']);
  await world.ingest.ingest('asterisk-higashi', facts()['started']!);
  expect((await world.counts())['CallStarted']).toBe(2);
});
