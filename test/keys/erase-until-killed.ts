// A child process of the crash test: erases and mints without end, and says on stdout what was acknowledged.
import { writeSync } from 'node:fs';
import { streamName, type StreamName } from '../../src/application/ports/event-store.js';
import { MasterKey } from '../../src/infrastructure/keys/master-key.js';
import { SqliteKeyVault } from '../../src/infrastructure/keys/sqlite/sqlite-key-vault.js';
import { erasure, resolved } from './synthetic.js';

const [file, secret, round, ...streams] = process.argv.slice(2) as [string, string, string, ...StreamName[]];
const vault = SqliteKeyVault.open({ file, masterKey: new MasterKey(Buffer.from(secret, 'hex')), access: () => true });

// Written at once: a line that the parent sees was acknowledged.
const acknowledge = (...words: ReadonlyArray<string>) => writeSync(1, `${words.join(' ')}\n`);

for (const [n, stream] of streams.entries()) {
  await vault.erase(stream, erasure);
  acknowledge('erased', stream);
  const fresh = streamName('citizen', `${round}-${n}`);
  acknowledge('minted', fresh, resolved(await vault.mint(fresh)).keyId);
  streams.push(fresh);
}
