// A child process that holds a data directory until it is killed, and says so.
import { DataDirectory, DirectoryInUse } from '../../src/infrastructure/data-directory.js';

try {
  DataDirectory.open(process.argv[2]!);
  console.log('held');
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(error instanceof DirectoryInUse ? error.message : error);
}
