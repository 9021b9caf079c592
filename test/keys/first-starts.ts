// A child process of the master key's test: a first start in each folder.
import { join } from 'node:path';
import { readOrCreateMasterKey } from '../../src/infrastructure/keys/master-key-file.js';

for (const dir of process.argv.slice(2)) console.log(readOrCreateMasterKey(join(dir, 'master.key')).fingerprint);
