import { describe, expect, test } from 'vitest';
import type { RecorderFact } from '../../../src/application/ports/recorder-ingest.js';
import type { StoredAudio } from '../../../src/plugins/recorders/asterisk/audio.js';
import { parseCel } from '../../../src/plugins/recorders/asterisk/call-records.js';
import { Ledger, type Resume } from '../../../src/plugins/recorders/asterisk/ledger.js';
import { BadReference } from '../../../src/plugins/recorders/asterisk/recording-ref.js';
import type { Cursor } from '../../../src/plugins/recorders/asterisk/tail.js';
import { callOn, config, faults, rowsOf, type Rows } from './captured.js';

const whole: StoredAudio = { state: 'whole', bytes: 37_164 };

interface Options {
  readonly settle?: (ref: string) => StoredAudio;
  readonly failed?: ReadonlyArray<string>;
  readonly told?: ReadonlyArray<string>;
}

/** A ledger over records that are added by hand; `offset` counts the lines of each file. */
const keeping = ({ settle = () => whole, failed = [], told = [] }: Options = {}) => {
  const facts: Array<RecorderFact> = [];
  const errors: Array<string> = [];
  const ledger = new Ledger(
    config,
    {
      emit: async (fact) => void facts.push(fact),
      audio: { settle: async (ref) => settle(ref) },
      hasFailed: (name) => failed.includes(name),
      log: { info: () => undefined, warn: (message) => errors.push(message), error: (message) => errors.push(message) },
    },
    { told },
  );
  const places = { cel: 0, cdr: 0 };
  const at = (file: 'cel' | 'cdr'): Cursor => ({ inode: 1, head: file, offset: places[file] });
  const add = async ({ cel, cdr }: Partial<Rows>) => {
    for (const text of cel ?? []) {
      ledger.addCel({ text, at: at('cel') });
      places.cel += 1;
    }
    for (const text of cdr ?? []) {
      ledger.addCdr({ text, at: at('cdr') });
      places.cdr += 1;
    }
    await ledger.tell();
  };
  const check = async (times: number, live?: ReadonlyArray<string>) => {
    for (let i = 0; i < times; i += 1) await ledger.check(live && new Set(live));
  };
  const resume = (): Resume => ledger.resume(at('cel'), at('cdr'), true);
  const types = () => facts.map(({ type }) => type);
  return { ledger, facts, errors, add, check, resume, types };
};

describe('the ledger of calls', () => {
  test('tells each fact as soon as its row is there, and none twice', async () => {
    const { add, types } = keeping();
    const { cel } = rowsOf('7001');
    const seen: Array<number> = [];
    for (const line of cel) {
      await add({ cel: [line] });
      seen.push(types().length);
    }
    expect(types()).toEqual(['call-started', 'call-answered', 'announcement-played', 'call-ended']);
    expect(seen[0]).toBe(1);
    expect(seen[1]).toBe(2);
  });

  test('tells of audio when it is whole', async () => {
    const { add, check, facts } = keeping();
    await add(rowsOf('7119'));
    await check(1);
    expect(facts.at(-1)).toMatchObject({
      type: 'recording-stored',
      recording: `monitor:${callOn('7119')}.wav`,
      bytes: 37_164,
      mediaType: 'audio/wav',
      emergencyFlag: true,
    });
  });

  test('waits for a file that grows; one that never becomes whole is told of as it is', async () => {
    const { add, check, types } = keeping({ settle: () => ({ state: 'unfinished', bytes: 44 }) });
    await add(rowsOf('7001'));
    await check(4);
    expect(types()).not.toContain('recording-stored');
    await check(1);
    expect(types()).toContain('recording-stored');
  });

  test.for([
    ['no-file', []],
    ['failed', [`madoguchi/${callOn('7002')}`]],
  ] as const)('tells of audio that is not there as lost: %s', async ([reason, failed]) => {
    const { add, check, facts } = keeping({ settle: () => ({ state: 'absent' }), failed });
    await add(rowsOf('7002'));
    await check(1);
    expect(facts.at(-1)?.type).toBe('call-ended');
    await check(1);
    expect(facts.at(-1)).toMatchObject({ type: 'recording-lost', reason });
  });

  test('does not call a file lost that only the CDR names', async () => {
    const { add, check, types } = keeping({ settle: () => ({ state: 'absent' }) });
    await add({ cdr: rowsOf('7001').cdr });
    await check(5, []);
    expect(types()).toEqual(['call-started', 'call-answered', 'call-ended']);
  });

  test('tries again what could not be looked at, and goes on with other calls meanwhile', async () => {
    let broken = true;
    const { add, check, types } = keeping({
      settle: (ref) => {
        if (broken && ref.includes(callOn('7001'))) throw new Error('not mounted');
        return whole;
      },
    });
    await add(rowsOf('7001'));
    await add(rowsOf('7119'));
    await expect(check(1)).rejects.toThrow('not mounted');
    expect(types().filter((type) => type === 'recording-stored')).toHaveLength(1);
    broken = false;
    await check(1);
    expect(types().filter((type) => type === 'recording-stored')).toHaveLength(2);
  });

  test('leaves out a recording whose name leads elsewhere or holds the number of the caller, and says so', async () => {
    const { cel, cdr } = rowsOf('7001');
    const call = callOn('7001');
    const named = (name: string) => cel.map((line) => line.replaceAll(`${call}.wav`, name));
    for (const name of ['in-03-0000-0001-20260401.wav', '../../etc/passwd', 'a b.wav']) {
      const { add, check, errors, types } = keeping();
      await add({ cel: named(name), cdr });
      await check(1);
      expect(types()).not.toContain('recording-stored');
      expect(errors).toHaveLength(1);
      expect(errors[0]).not.toContain('0001');
    }
    const { add, check, errors } = keeping({
      settle: () => {
        throw new BadReference();
      },
    });
    await add(rowsOf('7001'));
    await check(1);
    expect(errors).toHaveLength(1);
  });

  test('ends a call that the exchange died over once its channel is twice not there', async () => {
    const { add, check, types } = keeping();
    await add(faults.killedConducted);
    const call = parseCel(faults.killedConducted.cel[0]!)!.call;
    await check(3, [call]);
    await check(3, undefined);
    await check(1, []);
    expect(types()).not.toContain('call-ended');
    await check(1, []);
    expect(types()).toContain('call-ended');
    expect(types()).toContain('recording-stored');
  });

  test('does not end a call whose rows go on', async () => {
    const { add, check, types } = keeping();
    const { cel } = faults.killedRecordedByDialplan;
    for (const line of cel) {
      await add({ cel: [line] });
      await check(1, []);
    }
    expect(types()).not.toContain('call-ended');
  });
});

describe('after a restart', () => {
  test('reading goes on from the first row of the oldest call that is not wholly told', async () => {
    const { add, check, resume } = keeping();
    const [first, second, third] = [rowsOf('7001'), rowsOf('7119'), rowsOf('7000')];
    await add(first);
    await add({ cel: second.cel.slice(0, 5) });
    await add(third);
    await check(1, [callOn('7119')]);
    expect(resume()).toEqual({
      cel: { inode: 1, head: 'cel', offset: first.cel.length },
      cdr: { inode: 1, head: 'cdr', offset: first.cdr.length + third.cdr.length },
      told: [callOn('7000')],
    });
    await add({ cel: second.cel.slice(5), cdr: second.cdr });
    await check(1);
    const lines = first.cel.length + second.cel.length + third.cel.length;
    expect(resume()).toMatchObject({ cel: { offset: lines }, told: [] });
  });

  test('a call that was told wholly is not told again, though its rows are read again', async () => {
    const { add, check, facts, resume } = keeping({ told: [callOn('7000')] });
    await add({ cel: rowsOf('7119').cel.slice(0, 5) });
    await add(rowsOf('7000'));
    await check(1, [callOn('7119')]);
    expect(new Set(facts.map(({ call }) => call))).toEqual(new Set([callOn('7119')]));
    expect(resume().told).toEqual([callOn('7000')]);
  });

  test('a call waits a while for its CDR, which comes last', async () => {
    const { add, check, resume } = keeping();
    const { cel, cdr } = rowsOf('7000');
    await add({ cel });
    await check(1, []);
    expect(resume().cel?.offset).toBe(0);
    await add({ cdr });
    await check(1, []);
    expect(resume().cel?.offset).toBe(cel.length);
  });
});
