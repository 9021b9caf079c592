import { describe, expect, test } from 'vitest';
import { readCall, type CallReading } from '../../../src/plugins/recorders/asterisk/call-reading.js';
import { parseCdr, parseCel } from '../../../src/plugins/recorders/asterisk/call-records.js';
import { config, faults, rowsOf as captured, type Rows } from './captured.js';

const read = ({ cel, cdr }: Rows, closed = false): CallReading => {
  const rows = cel.map(parseCel).filter((row) => row !== undefined);
  const records = cdr.map(parseCdr).filter((row) => row !== undefined);
  const call = rows[0]?.call ?? records[0]?.call ?? '';
  const own = records.find((row) => row.channel === call);
  const lastAt = rows.at(-1)?.at ?? own?.endedAt ?? '';
  return readCall({ call, cel: rows, lastAt, ...(own && { cdr: own }) }, config, closed);
};

const typesOf = ({ facts }: CallReading) => facts.map(({ type }) => type);
const factOf = (reading: CallReading, type: string) => reading.facts.find((fact) => fact.type === type);

describe('what the records of a call say', () => {
  test('the caller, the line, and the moments of a call that the dialplan announced and recorded', () => {
    const reading = read(captured('7001'));
    const [started] = reading.facts;
    expect(started).toMatchObject({
      site: 'honcho',
      line: 'daihyo',
      from: '0300000001',
      to: '7001',
      direction: 'inbound',
    });
    expect(typesOf(reading)).toEqual(['call-started', 'call-answered', 'announcement-played', 'call-ended']);
    const moments = reading.facts.flatMap((fact) =>
      Object.entries(fact).flatMap(([name, value]) => (/At$|^at$/.test(name) ? [value as string] : [])),
    );
    expect(moments).toEqual(moments.toSorted());
    for (const moment of moments) expect(new Date(moment).toISOString()).toBe(moment);
  });

  test('a recording from the start of MixMonitor to the hang-up, by its path in the monitor folder', () => {
    const [recording, ...others] = read(captured('7001')).recordings;
    const { call } = read(captured('7001')).facts[0]!;
    expect(others).toEqual([]);
    expect(recording).toMatchObject({ call, recording: `monitor:${call}.wav`, emergencyFlag: false, begun: true });
  });

  test('a conducted recording from when the caller enters its bridge until they leave it', () => {
    const reading = read(captured('7002'));
    const { call } = reading.facts[0]!;
    const [recording] = reading.recordings;
    expect(recording?.recording).toBe(`ari:madoguchi/${call}`);
    expect(recording!.startedAt > (factOf(reading, 'announcement-played') as { at: string }).at).toBe(true);
  });

  test('no announcement that a hang-up cut off', () => {
    const reading = read(faults.announcementCutOff);
    expect(typesOf(reading)).toEqual(['call-started', 'call-answered', 'call-ended']);
    expect(reading.recordings).toEqual([]);
  });

  test('no announcement before the call has gone on after it', () => {
    const { cel } = captured('7001');
    const end = cel.findIndex((line) => parseCel(line)?.type === 'STREAM_END');
    expect(typesOf(read({ cel: cel.slice(0, end + 1), cdr: [] }))).not.toContain('announcement-played');
    expect(typesOf(read({ cel: cel.slice(0, end + 2), cdr: [] }))).toContain('announcement-played');
  });

  test('a call that nobody answered', () => {
    expect(typesOf(read(faults.refused))).toEqual(['call-started', 'call-ended']);
  });

  test.for(['killedRecordedByDialplan', 'killedConducted'] as const)(
    'no end of a call that the exchange died over (%s), until it is known to be over: then that of its last row',
    (name) => {
      const open = read(faults[name]);
      expect(open.ended).toBe(false);
      expect(typesOf(open)).not.toContain('call-ended');
      const closed = read(faults[name], true);
      expect(factOf(closed, 'call-ended')).toMatchObject({ endedAt: parseCel(faults[name].cel.at(-1)!)?.at });
      expect(closed.recordings).toHaveLength(1);
      expect(closed.recordings[0]!.endedAt >= closed.recordings[0]!.startedAt).toBe(true);
    },
  );

  test('a call of which only the CDR is left, with the file that its field names, and no announcement', () => {
    const { cdr } = captured('7001');
    expect(read({ cel: [], cdr }).facts).toEqual([]);
    const whole = read(captured('7001'));
    const reading = read({ cel: [], cdr }, true);
    expect(typesOf(reading)).toEqual(['call-started', 'call-answered', 'call-ended']);
    expect(reading.facts[0]).toEqual(whole.facts[0]);
    expect(reading.recordings[0]).toMatchObject({ recording: whole.recordings[0]!.recording, begun: false });
  });

  test('the CDR does not change what CEL says', () => {
    expect(read(captured('7001'), true)).toEqual(read({ ...captured('7001'), cdr: [] }));
  });

  test('nothing of a call to an extension that is no line', () => {
    const reading = readCall(
      { call: '1.0', lastAt: '', cel: captured('7001').cel.map((line) => parseCel(line)!) },
      { ...config, lines: {} },
      false,
    );
    expect(reading).toEqual({ facts: [], ended: false, recordings: [] });
  });

  test('no number of a caller who withheld it', () => {
    const { cel, cdr } = captured('7001');
    const [started] = read({ cel: cel.map((line) => line.replaceAll('0300000001', 'anonymous')), cdr }).facts;
    expect(started).not.toHaveProperty('from');
  });

  test('a file that the dialplan names from the root, and options behind it', () => {
    const { cel, cdr } = captured('7001');
    const named = cel.map((line) =>
      line.replace(/"MixMonitor","([^"]*)"/, '"MixMonitor","/var/spool/asterisk/monitor/2026/04/$1,b,true"'),
    );
    const { recordings, facts } = read({ cel: named, cdr });
    expect(recordings[0]?.recording).toBe(`monitor:2026/04/${facts[0]!.call}.wav`);
  });
});

describe('rows of call records', () => {
  test('are cut to the millisecond, never rounded into the future', () => {
    const line = captured('7001').cel[0]!;
    const [, microseconds] = /"1\d{9}\.(\d{6})"/.exec(line)!;
    expect(parseCel(line)?.at.slice(20, 23)).toBe(microseconds!.slice(0, 3));
  });

  test.for([
    ['', 'an empty line'],
    ['"CHAN_START","1795420292.678135"', 'a row that was cut off'],
    ['"CHAN_START","1795420292.678135","unclosed', 'a field that was cut off'],
    [`"CHAN_START","yesterday"${',""'.repeat(18)}`, 'a time that is none'],
  ] as const)('are none: %s (%s)', ([line]) => {
    expect(parseCel(line)).toBeUndefined();
    expect(parseCdr(line)).toBeUndefined();
  });

  test('have no answer when nobody answered', () => {
    const line = captured('7001').cdr.at(-1)!;
    expect(
      parseCdr(line.replace(/("1\d{9}\.\d+"),"1\d{9}\.\d+",("1\d{9}\.\d+")/, '$1,"0.000000",$2')),
    ).not.toHaveProperty('answeredAt');
  });
});
