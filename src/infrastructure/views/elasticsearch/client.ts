import { readFileSync } from 'node:fs';
import { Client, errors } from '@elastic/elasticsearch';
import type { ElasticsearchConfig } from '../../config.js';

/** Somebody waits: what does not answer within this time, asked twice, is down. Writes wait longer. */
export const soon = { requestTimeout: 3_000, maxRetries: 1 } as const;
const REQUEST_TIMEOUT_MS = 30_000;

export interface Cluster {
  readonly client: Client;
  /** What the names of its indices begin with. */
  readonly prefix: string;
}

/** A client of all nodes. Its errors keep nothing of what was sent. Throws an error that names the setting of a file it cannot read. */
export const elasticClient = ({ nodes, auth, caFile }: ElasticsearchConfig): Client =>
  new Client({
    nodes: [...nodes],
    ...(auth !== undefined && { auth: credentialsOf(auth) }),
    ...(caFile !== undefined && { tls: { ca: fileOf('ELASTICSEARCH_CA_FILE', caFile) } }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    redaction: { type: 'remove' },
  });

const credentialsOf = (auth: NonNullable<ElasticsearchConfig['auth']>) =>
  'passwordFile' in auth
    ? { username: auth.username, password: fileOf('ELASTICSEARCH_PASSWORD_FILE', auth.passwordFile).trim() }
    : auth;

const fileOf = (setting: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`the file that ${setting} names cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
};

/** The kind of a failure of the cluster: its own name for it, without any value. */
export const failureOf = (error: unknown): string => {
  if (error instanceof errors.ResponseError) {
    const { body } = error as { body?: { error?: { type?: string } } };
    return body?.error?.type ?? `status ${error.statusCode}`;
  }
  return error instanceof Error ? error.name : typeof error;
};
