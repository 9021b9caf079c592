import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { streamName, type StreamName } from '../../src/application/ports/event-store.js';
import { mayOpen } from '../../src/domain/kernel/disclosure.js';
import { MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { random } from '../support/random.js';
import { tempDir } from '../support/temp-dir.js';
import { typescriptChild } from '../support/typescript-child.js';
import { found, rawVault, wrappedKeys } from './raw-vault.js';
import { erasure, resolved, system } from './synthetic.js';

const ROUNDS = 30;
const SEED = 20_260_401;

const program = new URL('./erase-until-killed.ts', import.meta.url);

/** Runs the child until it has acknowledged `count` times, kills it in the midst of what follows, and gives what it said. */
const eraseUntilKilled = async (count: number, args: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const child = typescriptChild(program, args);
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return lines;
};

test(`an acknowledged erasure stands, and its wrapped key is gone, after each of ${ROUNDS} kills (seed ${SEED})`, async () => {
  const next = random(SEED);
  const dir = tempDir();
  const file = join(dir, 'keys.sqlite');
  const secret = randomBytes(32);
  const open = () => SqliteKeyVault.open({ file, masterKey: new MasterKey(secret), access: mayOpen });

  const minted = new Map<StreamName, string>();
  const vault = open();
  for (let n = 0; n < 500; n++) {
    const stream = streamName('citizen', `first-${n}`);
    minted.set(stream, resolved(await vault.mint(stream)).keyId);
  }
  vault.close();

  const wrapped = new Map<string, Uint8Array>();
  const erased = new Set<StreamName>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [stream, key] of wrappedKeys(file)) wrapped.set(stream, key);
    const living = [...minted.keys()].filter((stream) => !erased.has(stream));
    const said = await eraseUntilKilled(1 + Math.floor(next() * 20), [
      file,
      secret.toString('hex'),
      `${round}`,
      ...living,
    ]);
    for (const [verb, stream, keyId] of said.map((line) => line.split(' ') as [string, StreamName, string])) {
      if (verb === 'erased') erased.add(stream);
      else minted.set(stream, keyId);
    }

    const restarted = open();
    for (const [stream, keyId] of minted) {
      const answer = await restarted.find(stream, system);
      // The erasure at which the child was killed may have been stored without being acknowledged.
      if (answer._tag === 'erased') erased.add(stream);
      expect(answer).toEqual(
        erased.has(stream) ? { _tag: 'erased', erasure } : { _tag: 'resolved', keyId, key: expect.anything() },
      );
    }
    const gone = [...erased].flatMap((stream) => wrapped.get(stream) ?? []);
    expect(found(dir, gone)).toBe(0);
    restarted.close();

    const raw = rawVault(file);
    expect(raw.prepare('SELECT count(*) AS both FROM keys JOIN erasures USING (stream)').get()).toEqual({ both: 0 });
    expect(raw.prepare('SELECT count(*) AS ledger FROM erasures').get()).toEqual({ ledger: erased.size });
    raw.close();
  }
  expect(erased.size).toBeGreaterThan(ROUNDS);
}, 120_000);
