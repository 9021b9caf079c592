import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process works on the directory. */
export class DirectoryInUse extends Error {
  constructor(path: string) {
    super(`another process works on the data directory ${path}: stop it, or name another one in MADOGUCHI_DATA`);
  }
}

/**
 * The folder that holds all that one machine stores. Held by one process at a time: the lock is a transaction on a file
 * of its own, which the system lets go of however the process ends.
 */
export class DataDirectory {
  private constructor(
    readonly path: string,
    private readonly lock: DatabaseSync,
  ) {}

  /** Made when absent, for its owner only. Throws `DirectoryInUse`. */
  static open(folder: string): DataDirectory {
    const path = resolve(folder);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(join(path, 'lock.sqlite'));
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if ((error as { errcode?: number }).errcode === 5) throw new DirectoryInUse(path);
      throw error;
    }
    return new DataDirectory(path, lock);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  release(): void {
    this.lock.close();
  }
}
