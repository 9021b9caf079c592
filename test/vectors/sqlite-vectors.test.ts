import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { SqliteVectors } from '../../src/infrastructure/vectors/sqlite/sqlite-vectors.js';
import { tempDir } from '../support/temp-dir.js';
import { vectorsContract } from './vectors.contract.js';

describe('vectors in SQLite', () => {
  vectorsContract(async () => {
    const file = join(tempDir(), 'vectors.sqlite');
    const open = async (model: string) => {
      const vectors = SqliteVectors.open(file, model);
      onTestFinished(() => vectors.close());
      return vectors;
    };
    return { open, found: async () => undefined };
  });
});
