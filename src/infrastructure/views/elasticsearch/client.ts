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

/** A client of all nodes. Its errors keep nothing of what was sent. */
export const elasticClient = ({ nodes, auth, caFile }: ElasticsearchConfig): Client =>
  new Client({
    nodes: [...nodes],
    ...(auth !== undefined && { auth: credentialsOf(auth) }),
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    redaction: { type: 'remove' },
  });

const credentialsOf = (auth: NonNullable<ElasticsearchConfig['auth']>) =>
  'passwordFile' in auth ? { username: auth.username, password: readFileSync(auth.passwordFile, 'utf8').trim() } : auth;

/** The kind of a failure of the cluster: its own name for it, without any value. */
export const failureOf = (error: unknown): string => {
  if (error instanceof errors.ResponseError) {
    const { body } = error as { body?: { error?: { type?: string } } };
    return body?.error?.type ?? `status ${error.statusCode}`;
  }
  return error instanceof Error ? error.name : typeof error;
};
