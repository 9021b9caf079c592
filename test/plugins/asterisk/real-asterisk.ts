import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { Tail } from '../../../src/plugins/recorders/asterisk/tail.js';
import { memoryState } from '../memory-state.js';
import { required } from './settings.js';

/** Why no real Asterisk can be tested; undefined when one can. */
export const missing =
  process.env.ASTERISK_ARI_URL === undefined
    ? 'ASTERISK_ARI_URL is not set: no Asterisk runs'
    : process.env.ASTERISK_CALL === undefined
      ? 'ASTERISK_CALL is not set: nothing places calls'
      : undefined;

/** Places a real call that lasts so long after its answer; resolves to whether it went as planned. */
export const call = async (extension: string, from: string, seconds: number): Promise<boolean> => {
  const options = ['-s', String(seconds), '-f', from, ...(extension === '7003' ? ['-b'] : []), extension];
  const [status] = (await once(spawn(required('ASTERISK_CALL'), options, { stdio: 'ignore' }), 'exit')) as [number];
  return status === 0;
};

const tool = async (name: 'up' | 'down'): Promise<void> => {
  const program = join(dirname(required('ASTERISK_CALL')), name);
  const env = { ...process.env, ASTERISK_KEEP: '1' };
  const [status] = (await once(spawn(program, [], { stdio: 'ignore', env }), 'exit')) as [number];
  if (status !== 0) throw new Error(`${name} failed`);
};

/** How many threads of a process hold something yet; a zombie's last one does not. */
const threadsOf = (pid: number): number => {
  const file = `/proc/${pid}/stat`;
  const [state, threads] = existsSync(file)
    ? readFileSync(file, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
        .filter((_, i) => i === 0 || i === 17)
    : [];
  return threads === undefined || (state === 'Z' && threads === '1') ? 0 : Number(threads);
};

/** Kills the exchange in the middle of whatever it does, and starts it again with the files that it left. */
export const killAndRestart = async (): Promise<void> => {
  const root = process.env.ASTERISK_ROOT ?? join(process.env.TMPDIR ?? tmpdir(), 'madoguchi-asterisk');
  const pid = Number(/^ASTERISK_PID=(\d+)$/m.exec(readFileSync(join(root, 'env'), 'utf8'))?.[1]);
  process.kill(pid, 'SIGKILL');
  // As long as one of its threads ends, its ports are taken.
  await expect.poll(() => threadsOf(pid), { timeout: 10_000, interval: 10 }).toBe(0);
  await tool('up');
};

/** Stops the exchange as an administrator does, and starts it again. */
export const restart = async (): Promise<void> => {
  await tool('down');
  await tool('up');
};

/** The state of a recorder that has told of all calls up to now. */
export const fromNow = async () => {
  const end = async (file: string) => {
    const tail = new Tail(file, undefined, () => undefined);
    while ((await tail.read()).length > 0);
    const { position } = tail;
    await tail.close();
    return position;
  };
  const state = memoryState();
  const [cel, cdr] = [await end(required('ASTERISK_CEL')), await end(required('ASTERISK_CDR'))];
  await state.set('resume', JSON.stringify({ cel, cdr, told: [] }));
  return state;
};
