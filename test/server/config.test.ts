import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { configOf, isLoopback, type Config } from '../../src/infrastructure/config.js';
import { serve } from '../../src/infrastructure/server/serve.js';
import { tempDir } from '../support/temp-dir.js';

const config = (environment: NodeJS.ProcessEnv): Config => {
  const read = configOf(environment);
  if (E.isLeft(read)) throw new Error(read.left.map(({ field, message }) => `${field} ${message}`).join('\n'));
  return read.right;
};

describe('the environment', () => {
  test('need not say anything', () => {
    expect(config({})).toMatchObject({ port: 3000, host: '127.0.0.1', data: './data' });
    expect(config({ PORT: '', HOST: '' })).toEqual(config({}));
  });

  test('names the servers that several processes share', () => {
    const shared = {
      EVENTSTORE_URL: 'esdb+discover://events.city.example:2113?tls=true',
      KEYS_URL: 'postgres://keys@keys.city.example:5432/keys',
      DATABASE_URL: 'postgresql://madoguchi@db.city.example/madoguchi',
    };
    expect(config(shared).shared).toEqual({
      eventStore: shared.EVENTSTORE_URL,
      keys: shared.KEYS_URL,
      database: shared.DATABASE_URL,
    });
    expect(config({}).shared).toBeUndefined();
    expect(() => config({ ...shared, KEYS_URL: 'mysql://keys.city.example' })).toThrow(/KEYS_URL/);
  });

  test('is refused with everything that is wrong, and no value', () => {
    const environment = { PORT: '70000', MADOGUCHI_OFFICE_HOURS: 'from nine', MADOGUCHI_TOKEN_ISSUER: 'me' };
    const read = configOf(environment);
    if (E.isRight(read)) throw new Error('taken');
    expect(read.left.map(({ field }) => field)).toEqual(['PORT', 'MADOGUCHI_OFFICE_HOURS', 'MADOGUCHI_TOKEN_KEYS']);
    expect(JSON.stringify(read.left)).not.toMatch(/70000|nine/);
  });

  test.each([
    [{ MADOGUCHI_TOKEN_KEYS: 'keys.json' }, /MADOGUCHI_TOKEN_ISSUER/],
    [{ MADOGUCHI_TOKEN_ISSUER: 'https://id.city.example' }, /MADOGUCHI_TOKEN_KEYS/],
    [{ EVENTSTORE_URL: 'esdb://events.city.example:2113' }, /KEYS_URL.*\n?.*DATABASE_URL/s],
    [
      { KEYS_URL: 'postgres://keys.city.example/keys', DATABASE_URL: 'postgres://db.city.example/db' },
      /EVENTSTORE_URL/,
    ],
  ])('names together what says nothing alone: not %o', (environment, message) => {
    expect(() => config(environment)).toThrow(message);
  });
});

describe('an endpoint for embeddings', () => {
  test('is none unless one is named', () => {
    expect(config({}).embeddings).toBeUndefined();
    expect(() => config({ EMBEDDINGS_MODEL: 'bge-m3' })).toThrow(
      /EMBEDDINGS_MODEL says nothing without EMBEDDINGS_URL/,
    );
  });

  test.each(['http://127.0.0.1:9700/v1', 'http://localhost:9700/v1', 'http://[::1]:9700/v1', 'HTTP://LOCALHOST/v1'])(
    'on this machine needs no leave: %s',
    (url) => {
      expect(config({ EMBEDDINGS_URL: url }).embeddings).toEqual({ url, model: 'multilingual-e5-small' });
    },
  );

  test.each([
    'https://embeddings.city.example/v1',
    'http://192.0.2.7:8080/v1',
    'http://localhost.city.example/v1',
    'http://127.0.0.1.city.example/v1',
    'http://[2001:db8::1]/v1',
  ])('elsewhere is refused, and what to set is said: %s', (url) => {
    const { hostname } = new URL(url);
    const host = hostname.replace(/[[\]]/g, '');
    expect(() => config({ EMBEDDINGS_URL: url })).toThrow(`EMBEDDINGS_ALLOWED_HOSTS=${host}`);
    expect(() => config({ EMBEDDINGS_URL: url, EMBEDDINGS_ALLOWED_HOSTS: 'city.example' })).toThrow(/EMBEDDINGS_URL/);
    expect(
      config({ EMBEDDINGS_URL: url, EMBEDDINGS_ALLOWED_HOSTS: `other.example,${host.toUpperCase()}` }),
    ).toHaveProperty('embeddings.url', url);
  });

  test.each([
    'ftp://localhost/v1',
    'http://user:secret@localhost/v1',
    'http://localhost/v1?key=secret',
    'localhost:9700',
    'http://:80',
  ])('is an address without anything secret in it: not %s', (url) => {
    const read = configOf({ EMBEDDINGS_URL: url });
    if (E.isRight(read)) throw new Error('taken');
    expect(read.left.map(({ field }) => field)).toEqual(['EMBEDDINGS_URL']);
    expect(JSON.stringify(read.left)).not.toContain('secret');
  });

  test('of any name and key', () => {
    const environment = {
      EMBEDDINGS_URL: 'http://localhost/v1',
      EMBEDDINGS_MODEL: 'bge-m3',
      EMBEDDINGS_API_KEY: 'key',
    };
    expect(config(environment).embeddings).toMatchObject({ model: 'bge-m3', apiKey: 'key' });
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.0.2.1', false],
  ['127.city.example', false],
  ['localhost.city.example', false],
])('%s is reached from this machine only: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

describe('a server', () => {
  const options = { version: '1.2.3', sample: false };

  test('that others can reach serves no tokens of the development issuer', async () => {
    const refused = serve(config({ HOST: '0.0.0.0', MADOGUCHI_DATA: join(tempDir(), 'data') }), options);
    await expect(refused).rejects.toThrow(/MADOGUCHI_TOKEN_KEYS/);
  });

  test.each(['not JSON: 架空', '{"keys": "架空"}', '[]'])(
    'says that %s is no JWK set, and no more',
    async (content) => {
      const keysFile = join(tempDir(), 'keys.json');
      writeFileSync(keysFile, content);
      const environment = {
        HOST: '0.0.0.0',
        MADOGUCHI_DATA: join(tempDir(), 'data'),
        MADOGUCHI_TOKEN_KEYS: keysFile,
        MADOGUCHI_TOKEN_ISSUER: 'https://id.city.example',
      };
      await expect(serve(config(environment), options)).rejects.toThrow(
        'no JWK set can be read from the file that MADOGUCHI_TOKEN_KEYS names',
      );
    },
  );
});
