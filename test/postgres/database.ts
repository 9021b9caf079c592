import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { addressOf } from '../support/servers.js';

/** An empty database of its own on the server that the variable names; dropped when the test ends. Its address. */
export const freshDatabase = async (variable: 'KEYS_URL' | 'DATABASE_URL'): Promise<string> => {
  const server = addressOf(variable);
  if (server === '') throw new Error(`${variable} names no server`);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdministrator(server, `CREATE DATABASE ${name}`);
  onTestFinished(() => asAdministrator(server, `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
};

const asAdministrator = async (server: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};
