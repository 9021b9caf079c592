import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AriClient } from '../../../src/plugins/recorders/asterisk/ari-client.js';
import { AsteriskAudio } from '../../../src/plugins/recorders/asterisk/audio.js';
import { tempDir } from '../../support/temp-dir.js';
import type { Step } from './exchange.js';
import { bytesOf } from './run.js';
import { StandIn, wav } from './stand-in.js';

const audioOf = (monitorDir: string, ariUrl = 'http://127.0.0.1:9/ari') =>
  new AsteriskAudio(new AriClient(ariUrl, 'madoguchi', 'synthetic', new AbortController().signal), {
    monitorDir,
    prefix: 'madoguchi',
  });

const folders = () => {
  const dir = tempDir();
  const monitor = join(dir, 'monitor');
  mkdirSync(join(monitor, '2026'), { recursive: true });
  writeFileSync(join(dir, 'secret.wav'), wav(444));
  return { dir, monitor };
};

describe('audio of MixMonitor', () => {
  test('is fetched, deleted and gone', async () => {
    const { monitor } = folders();
    writeFileSync(join(monitor, '2026', 'a.wav'), wav(444));
    const audio = audioOf(monitor);
    expect(await audio.settle('monitor:2026/a.wav')).toEqual({ state: 'whole', bytes: 444 });
    expect(await bytesOf(audio.fetch('monitor:2026/a.wav'))).toEqual(wav(444));
    expect(await audio.isGone('monitor:2026/a.wav')).toBe(false);
    await audio.delete('monitor:2026/a.wav');
    expect(await audio.isGone('monitor:2026/a.wav')).toBe(true);
    await audio.delete('monitor:2026/a.wav');
    await audio.delete('monitor:2027/a.wav');
    expect(await audio.isGone('monitor:2027/a.wav')).toBe(true);
    await expect(bytesOf(audio.fetch('monitor:2026/a.wav'))).rejects.toThrow();
  });

  test('is unfinished while its header does not say how long it is', async () => {
    const { monitor } = folders();
    const growing = wav(444);
    growing.writeUInt32LE(0, 40);
    writeFileSync(join(monitor, 'a.wav'), growing);
    expect(await audioOf(monitor).settle('monitor:a.wav')).toEqual({ state: 'unfinished', bytes: 444 });
  });

  test.for([
    'monitor:../secret.wav',
    'monitor:2026/../../secret.wav',
    'monitor:/etc/passwd',
    'monitor:',
    'monitor:./a.wav',
    'file:a.wav',
    'a.wav',
    'ari:other/1.0',
    'ari:madoguchi/../x',
    'monitor:link/secret.wav',
    'monitor:linked.wav',
  ])('is nowhere but in its folder: %s is refused', async (ref) => {
    const { dir, monitor } = folders();
    symlinkSync(dir, join(monitor, 'link'));
    symlinkSync(join(dir, 'secret.wav'), join(monitor, 'linked.wav'));
    const audio = audioOf(monitor);
    await expect(bytesOf(audio.fetch(ref))).rejects.toThrow('no reference');
    await expect(audio.delete(ref)).rejects.toThrow('no reference');
    await expect(audio.isGone(ref)).rejects.toThrow('no reference');
    expect(await bytesOf(audioOf(dir).fetch('monitor:secret.wav'))).toEqual(wav(444));
  });

  test('is neither lost nor gone when its folder is not there', async () => {
    const audio = audioOf(join(tempDir(), 'not-mounted'));
    await expect(audio.settle('monitor:a.wav')).rejects.toThrow('monitor folder');
    await expect(audio.isGone('monitor:a.wav')).rejects.toThrow('monitor folder');
    await expect(audio.delete('monitor:a.wav')).rejects.toThrow('monitor folder');
  });
});

describe('audio that ARI stored, by a replay (no Asterisk runs)', () => {
  const path = '/recordings/stored/madoguchi%2F1.0';
  const live = '/recordings/live/madoguchi%2F1.0';
  const asked = (method: string, to: string, status: number, bytes?: number): Step => ({
    request: { method, path: to, query: '', status, ...(bytes === undefined ? { body: {} } : { bytes }) },
  });
  const replay = async (steps: ReadonlyArray<Step>) => {
    const dir = tempDir();
    const standIn = await StandIn.start(dir, steps);
    return { standIn, audio: audioOf(dir, standIn.ariUrl) };
  };

  test('is ended, when it goes on after the call, and then whole', async () => {
    const { audio } = await replay([
      asked('POST', `${live}/stop`, 200),
      asked('GET', `${path}/file`, 200, 444),
      asked('POST', `${live}/stop`, 404),
      asked('GET', `${path}/file`, 200, 500),
    ]);
    expect(await audio.settle('ari:madoguchi/1.0')).toEqual({ state: 'unfinished', bytes: 444 });
    expect(await audio.settle('ari:madoguchi/1.0')).toEqual({ state: 'whole', bytes: 500 });
  });

  test('is absent when a recording that was done has no file', async () => {
    const { audio } = await replay([asked('POST', `${live}/stop`, 404), asked('GET', `${path}/file`, 404)]);
    expect(await audio.settle('ari:madoguchi/1.0')).toEqual({ state: 'absent' });
  });

  test('is deleted, running or stored, and gone; what does not exist is deleted too', async () => {
    const { audio, standIn } = await replay([
      asked('DELETE', live, 404),
      asked('DELETE', path, 200),
      asked('GET', path, 404),
      asked('DELETE', live, 404),
      asked('DELETE', path, 404),
      asked('GET', path, 200),
    ]);
    await audio.delete('ari:madoguchi/1.0');
    expect(await audio.isGone('ari:madoguchi/1.0')).toBe(true);
    await audio.delete('ari:madoguchi/1.0');
    expect(await audio.isGone('ari:madoguchi/1.0')).toBe(false);
    expect(standIn.left).toEqual([]);
  });

  test('is not said to be gone when the exchange cannot be asked', async () => {
    const audio = audioOf(tempDir());
    await expect(audio.isGone('ari:madoguchi/1.0')).rejects.toThrow();
    await expect(audio.delete('ari:madoguchi/1.0')).rejects.toThrow();
    const { audio: failing } = await replay([asked('GET', path, 503)]);
    await expect(failing.isGone('ari:madoguchi/1.0')).rejects.toThrow('503');
  });
});
