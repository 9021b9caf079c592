import { expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import { LeaseLost } from '../../../src/application/ports/leases.js';
import { FactRefused, type RecorderFact as PortFact } from '../../../src/application/ports/recorder-ingest.js';
import { parseRecorders } from '../../../src/plugins/host/configuration.js';
import { RecorderHost, RecorderUnavailable } from '../../../src/plugins/host/recorder-host.js';
import {
  defineRecorder,
  type RecorderCapability,
  type RecorderContext,
  type RecorderFact,
  type RecorderPlugin,
} from '../../../src/plugins/sdk/recorder.js';
import { Holder } from '../../leases/holder.js';
import { LosableLeases } from '../../leases/losable-leases.js';
import { MemoryIngest } from '../memory-ingest.js';
import { MemoryPluginState } from '../memory-plugin-state.js';

const ended: RecorderFact = { type: 'call-ended', call: '1795420292.50', endedAt: '2026-04-01T00:30:00.000Z' };
const times = { firstBackOff: 1, longestBackOff: 4, stable: 60_000, stop: 50 };

interface Scripted {
  readonly plugin: RecorderPlugin;
  readonly contexts: Array<RecorderContext<unknown>>;
  /** Resolves when it was started so many times. */
  readonly started: (times: number) => Promise<RecorderContext<unknown>>;
  /** Breaks what runs. */
  readonly breakDown: (error: Error) => void;
  running: number;
}

/** A recorder that does what the test says. `onStart` may throw. */
const scripted = (
  capabilities: ReadonlyArray<RecorderCapability> = ['fetch', 'delete'],
  onStart: (start: number) => void = () => undefined,
): Scripted => {
  const waiting = new Set<() => void>();
  const script: Scripted = {
    contexts: [],
    running: 0,
    breakDown: () => undefined,
    started: (count) =>
      new Promise((resolve) => {
        const look = () => {
          const context = script.contexts[count - 1];
          if (context === undefined) return;
          waiting.delete(look);
          resolve(context);
        };
        waiting.add(look);
        look();
      }),
    plugin: defineRecorder({
      manifest: { name: 'scripted', version: '1.0.0', apiVersion: 1, capabilities },
      config: () => ({ ok: true, value: undefined }),
      start: async (context) => {
        script.contexts.push(context);
        queueMicrotask(() => waiting.forEach((look) => look()));
        onStart(script.contexts.length);
        script.running += 1;
        const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
        Object.assign(script, { breakDown: reject });
        finished.catch(() => undefined).finally(() => (script.running -= 1));
        return { finished, stop: async () => resolve() };
      },
      audio: ({ state }) => ({
        fetch: async function* () {
          yield Buffer.from('RIFF');
        },
        delete: (recording) => state.set(recording, 'deleted'),
        isGone: async (recording) => (await state.get(recording)) === 'deleted',
      }),
    }),
  };
  return script;
};

/** What several processes share. */
interface Shared {
  readonly leases: LosableLeases;
  readonly state: MemoryPluginState;
}

const hosting = (
  plugins: Readonly<Record<string, Scripted>>,
  stop: typeof times = times,
  { leases, state }: Shared = { leases: new LosableLeases(), state: new MemoryPluginState() },
) => {
  const ingest = new MemoryIngest();
  const messages: Array<string> = [];
  const log = (instance: string) => {
    const write = (message: string) => messages.push(`${instance}: ${message}`);
    return { info: write, warn: write, error: write };
  };
  const recorders = Object.entries(plugins).map(([instance, { plugin }]) => {
    const configured = plugin.configure({});
    if (!configured.ok) throw new Error('not configured');
    return { ...configured.value, instance, manifest: plugin.manifest };
  });
  const host = new RecorderHost({
    recorders,
    ingest,
    state,
    leases,
    log,
    times: stop,
  });
  onTestFinished(() => host.stop());
  return { host, ingest, messages, leases, state };
};

test("the SDK's facts are the port's facts", () => {
  expectTypeOf<RecorderFact>().toExtend<PortFact>();
  expectTypeOf<PortFact>().toExtend<RecorderFact>();
});

test('takes in what several instances tell, each under its own name, with a state of its own', async () => {
  const [honcho, kuyakusho] = [scripted(), scripted()];
  const { host, ingest } = hosting({ 'asterisk-honcho': honcho, 'asterisk-kuyakusho': kuyakusho });
  host.start();
  const [first, second] = [await honcho.started(1), await kuyakusho.started(1)];
  await first.emit(ended);
  await first.emit(ended);
  await second.emit(ended);
  await first.state.set('cursor', '1');
  expect([...ingest.facts.keys()].map((key) => key.split(' ')[0])).toEqual(['asterisk-honcho', 'asterisk-kuyakusho']);
  expect([await first.state.get('cursor'), await second.state.get('cursor')]).toEqual(['1', undefined]);
});

test('says whether a fact is durable; one that is refused for good is logged by codes and put aside', async () => {
  const script = scripted();
  const { host, ingest, messages } = hosting({ honcho: script });
  host.start();
  const { emit } = await script.started(1);
  ingest.before = () => {
    throw new Error('disk full');
  };
  await expect(emit(ended)).rejects.toThrow('disk full');
  ingest.before = () => {
    throw new FactRefused(['outside_call endedAt']);
  };
  await emit(ended);
  expect(messages).toEqual(['honcho: call-ended was refused: outside_call endedAt']);
  expect(ingest.facts.size).toBe(0);
});

test('starts an instance anew that breaks, as often as it does, and leaves the others alone', async () => {
  const [shaky, steady] = [
    scripted(undefined, (start) => {
      if (start < 4) throw new RangeError('the number 03-0000-0001 broke it');
    }),
    scripted(),
  ];
  const { host, messages } = hosting({ shaky, steady });
  host.start();
  await shaky.started(4);
  expect(host.health().find(({ instance }) => instance === 'shaky')).toMatchObject({ lastError: 'RangeError' });
  await expect.poll(() => shaky.running).toBe(1);
  shaky.breakDown(new TypeError('the number 03-0000-0001 broke it'));
  const context = await shaky.started(5);
  expect(context.signal.aborted).toBe(false);
  expect(shaky.contexts[3]!.signal.aborted).toBe(true);
  expect(steady.contexts).toHaveLength(1);
  expect(messages.join()).not.toContain('0001');
});

test('shows what state each instance is in, and since when', async () => {
  const [up, broken] = [
    scripted(),
    scripted(undefined, () => {
      throw new RangeError();
    }),
  ];
  const { host } = hosting({ up, broken }, { ...times, firstBackOff: 60_000, longestBackOff: 60_000 });
  expect(host.health().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  const before = new Date().toISOString();
  host.start();
  await expect.poll(() => host.health().map(({ state }) => state)).toEqual(['running', 'backing-off']);
  for (const { since, plugin } of host.health()) {
    expect(since >= before).toBe(true);
    expect(plugin).toBe('scripted');
  }
  await host.stop();
  expect(host.health().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
});

test('runs an instance in one process, while the other stands by and goes on from the state of the first', async () => {
  const [here, there] = [scripted(), scripted()];
  const first = hosting({ honcho: here });
  const second = hosting({ honcho: there }, times, first);
  first.host.start();
  second.host.start();
  const { state } = await here.started(1);
  await state.set('cursor', '1');
  await expect.poll(() => first.host.health()).toMatchObject([{ state: 'running' }]);
  expect(second.host.health()).toMatchObject([{ state: 'standby' }]);
  await first.host.stop();
  const context = await there.started(1);
  expect(here.running).toBe(0);
  expect(await context.state.get('cursor')).toBe('1');
  expect(first.host.health()).toMatchObject([{ state: 'stopped' }]);
});

test('ends an instance whose lease is lost, and starts it when the lease is back, without any back-off', async () => {
  const script = scripted();
  const { host, leases, messages } = hosting({ honcho: script }, { ...times, firstBackOff: 60_000 });
  host.start();
  const { signal } = await script.started(1);
  await expect.poll(() => host.health()).toMatchObject([{ state: 'running' }]);
  const other = new Holder(leases, 'recorder:honcho');
  leases.lose();
  await other.owns();
  expect(signal.aborted).toBe(true);
  expect(script.running).toBe(0);
  expect(host.health()).toMatchObject([{ state: 'standby' }]);
  await other.leave();
  await script.started(2);
  expect(messages).toEqual([]);
  expect(host.health()[0]).not.toHaveProperty('lastError');
});

test('stands by when an instance ends because its lease is found to be lost', async () => {
  const script = scripted();
  const { host, leases, state } = hosting({ honcho: script });
  host.start();
  const context = await script.started(1);
  await expect.poll(() => script.running).toBe(1);
  const other = new Holder(leases, 'recorder:honcho');
  vi.spyOn(state, 'set').mockRejectedValueOnce(new LeaseLost({ name: 'recorder:honcho', epoch: 1 }));
  await context.state.set('cursor', '1').catch(script.breakDown);
  await other.owns();
  expect(host.health()).toMatchObject([{ state: 'standby' }]);
});

test('stops without a start, twice, and though an instance does not', async () => {
  const idle = hosting({ idle: scripted() });
  await idle.host.stop();
  await idle.host.stop();

  const script = scripted();
  const { host } = hosting({ script });
  host.start();
  await script.started(1);
  await host.stop();
  await host.stop();
  expect(script.running).toBe(0);
  host.start();
  expect(script.contexts).toHaveLength(1);

  const never = new Promise<never>(() => undefined);
  const stubborn: RecorderPlugin = defineRecorder({
    manifest: script.plugin.manifest,
    config: () => ({ ok: true, value: undefined }),
    start: () => never,
  });
  const hung = hosting({ stubborn: { ...scripted(), plugin: stubborn } });
  hung.host.start();
  await hung.host.stop();
});

test('reaches the audio of an instance in every process, wherever it runs', async () => {
  const shared = { leases: new LosableLeases(), state: new MemoryPluginState() };
  const here = scripted();
  const [running, waiting] = [hosting({ honcho: here }, times, shared), hosting({ honcho: scripted() }, times, shared)];
  running.host.start();
  await here.started(1);
  waiting.host.start();
  expect(waiting.host.health()).toMatchObject([{ state: 'standby' }]);
  expect(Buffer.concat(await Array.fromAsync(waiting.host.fetch('honcho', 'a'))).toString()).toBe('RIFF');
  expect(await running.host.isGone('honcho', 'a')).toBe(false);
  await waiting.host.delete('honcho', 'a');
  expect(await running.host.isGone('honcho', 'a')).toBe(true);
});

test('refuses audio of an instance that is unknown, or cannot', async () => {
  const mute = defineRecorder({
    manifest: { name: 'mute', version: '1.0.0', apiVersion: 1, capabilities: ['fetch', 'delete'] },
    config: () => ({ ok: true, value: undefined }),
    start: async () => ({ finished: new Promise(() => {}), stop: async () => {} }),
  });
  const { host } = hosting({ listening: scripted([]), mute: { ...scripted(), plugin: mute } });
  for (const instance of ['unknown', 'listening', 'mute']) {
    await expect(Array.fromAsync(host.fetch(instance, 'a'))).rejects.toThrow(RecorderUnavailable);
    await expect(host.delete(instance, 'a')).rejects.toThrow(RecorderUnavailable);
    await expect(host.isGone(instance, 'a')).rejects.toThrow(RecorderUnavailable);
  }
});

test('reads a configuration of several instances, or tells all that is wrong with all of them', () => {
  const picky = defineRecorder({
    manifest: { name: 'picky', version: '1.0.0', apiVersion: 1, capabilities: [] },
    config: (input) =>
      input === 'right'
        ? { ok: true, value: input }
        : { ok: false, errors: [{ field: 'url', message: 'must be a URL' }] },
    start: () => Promise.reject(new Error('not started here')),
  });
  const good = parseRecorders(
    [
      { instance: 'honcho', plugin: 'picky', config: 'right' },
      { instance: 'kuyakusho', plugin: 'picky', config: 'right' },
    ],
    [picky],
  );
  expect(good.ok && good.value.map(({ instance }) => instance)).toEqual(['honcho', 'kuyakusho']);

  const bad = parseRecorders(
    [
      { instance: 'honcho', plugin: 'picky', config: 'secret' },
      { instance: 'honcho', plugin: 'nobody', config: {} },
      { instance: 'Not a code', plugin: 'picky', config: 'right', colour: 'secret' },
      'secret',
    ],
    [picky],
  );
  expect(bad.ok ? [] : bad.errors.map(({ field }) => field)).toEqual([
    '0.config.url',
    '1.instance',
    '1.plugin',
    '2.colour',
    '2.instance',
    '3',
  ]);
  expect(JSON.stringify(bad)).not.toContain('secret');
  expect(parseRecorders({}, [picky]).ok).toBe(false);
});
