import { once } from 'node:events';
import { EventStoreDBClient, START } from '@eventstore/db-client';
import { expect, onTestFinished, test } from 'vitest';
import { typescriptChild } from '../../support/typescript-child.js';
import { eventually, many, watch } from './kit.js';

test.for(['SIGINT', 'SIGTERM'] as const)(
  'runs by hand until %s, says where it listens, and ends in order',
  async (signal) => {
    const child = typescriptChild(new URL('main.ts', import.meta.url), ['0']);
    onTestFinished(() => void child.kill('SIGKILL'));
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toMatch(/^esdb:\/\/127\.0\.0\.1:\d+\?tls=false\n$/);

    const client = EventStoreDBClient.connectionString(said.toString().trim());
    await client.appendToStream('stream', many(3));
    const { saw, errors } = watch(client, START);
    await eventually(() => expect(saw).toEqual([0, 1, 2, 'caught up']));

    const gone = once(child, 'exit');
    child.kill(signal);
    expect(await gone).toEqual([0, null]);
    expect(errors).toMatchObject([{ type: 'unknown', code: 13 }]);
  },
);
