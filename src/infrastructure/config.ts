import { isIPv4 } from 'node:net';
import { join, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { TypeOf } from 'io-ts';
import { integer, pattern, record, scalar, text } from '../domain/kernel/codec.js';
import { decode, invalid, type DomainError, type DomainErrors } from '../domain/kernel/errors.js';
import { OfficeHours, usualHours } from './calendar/office-hours.js';

/** What an environment can say, all of it optional. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The data directory. */
  readonly data: string;
  readonly officeHours: OfficeHours;
  /** The key over all data keys, and the development issuer's; absent: each in the data directory. */
  readonly masterKey?: string;
  readonly tokenKey?: string;
  /** Where events, keys and leases are for several processes; absent: all in the data directory. */
  readonly shared?: SharedStorage;
  /** Where the views are; absent: in the data directory. */
  readonly elasticsearch?: ElasticsearchConfig;
  /** Where FAQ articles and queries become vectors; absent: they are searched by their words alone. */
  readonly embeddings?: EmbeddingsConfig;
  /** Where recorder instances are configured. */
  readonly recorders?: string;
  /** A JWK set and the issuer of the tokens that it checks; absent: the development issuer, on loopback only. */
  readonly tokens?: { readonly keysFile: string; readonly issuer: string };
}

/** The servers that several application processes share; credentials stand in the addresses: never print them. */
export interface SharedStorage {
  /** `esdb://...` */
  readonly eventStore: string;
  /** `postgres://...`: the data keys, and apart from them leases, checkpoints and cursors. */
  readonly keys: string;
  readonly database: string;
}

/** How a cluster is reached; credentials stand in it: never print them. */
export interface ElasticsearchConfig {
  /** `http://...` or `https://...`, a node each. */
  readonly nodes: ReadonlyArray<string>;
  readonly auth?:
    | { readonly apiKey: string }
    | { readonly username: string; readonly password: string }
    | { readonly username: string; readonly passwordFile: string };
  /** A file of certificates that sign the nodes' ones. */
  readonly caFile?: string;
  /** What the names of indices begin with. */
  readonly prefix: string;
}

/** An endpoint with the API of OpenAI; on loopback, or on a host that the administrator allowed. */
export interface EmbeddingsConfig {
  /** Such as `http://127.0.0.1:9700/v1`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string;
}

/** The development issuer's key: the command line reads it while a server runs. */
export const tokenKeyFile = ({ tokenKey, data }: Pick<Config, 'tokenKey' | 'data'>): string =>
  resolve(tokenKey ?? join(data, 'token-key.jwk'));

/** A host that only this machine reaches. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

const Port = scalar<string>('a port from 0 to 65535', { type: 'string' }, (u) => {
  return typeof u === 'string' && /^\d{1,5}$/.test(u) && integer(0, 65_535).is(Number(u));
});

const EventStoreUrl = pattern<string>('an address such as esdb://host:2113?tls=true', /^esdb(\+discover)?:\/\/\S+$/, {
  maxLength: 4096,
});
const PostgresUrl = pattern<string>(
  'an address such as postgres://user@host:5432/database',
  /^postgres(ql)?:\/\/\S+$/,
  {
    maxLength: 4096,
  },
);

const ElasticsearchUrl = pattern<string>(
  'addresses such as https://host:9200, with a comma between those of several nodes',
  /^https?:\/\/[^\s,]+(,https?:\/\/[^\s,]+)*$/,
  { maxLength: 4096 },
);
const IndexPrefix = pattern<string>('lower-case letters, digits and hyphens', /^[a-z][a-z0-9-]{0,39}$/, {});

const EmbeddingsUrl = pattern<string>(
  'an address such as http://127.0.0.1:9700/v1, without user, query or fragment',
  /^https?:\/\/[^\s@?#]+$/i,
  { maxLength: 4096 },
);
const HostNames = pattern<string>('names of hosts, with a comma between them', /^[^\s,/@[\]]+(,[^\s,/@[\]]+)*$/, {
  maxLength: 4096,
});

const Environment = record(
  'Environment',
  {},
  {
    PORT: Port,
    HOST: text(255),
    MADOGUCHI_DATA: text(4096),
    MADOGUCHI_OFFICE_HOURS: OfficeHours,
    MADOGUCHI_MASTER_KEY: text(4096),
    MADOGUCHI_TOKEN_KEY: text(4096),
    EVENTSTORE_URL: EventStoreUrl,
    KEYS_URL: PostgresUrl,
    DATABASE_URL: PostgresUrl,
    ELASTICSEARCH_URL: ElasticsearchUrl,
    ELASTICSEARCH_API_KEY: text(4096),
    ELASTICSEARCH_USERNAME: text(255),
    ELASTICSEARCH_PASSWORD: text(255),
    ELASTICSEARCH_PASSWORD_FILE: text(4096),
    ELASTICSEARCH_CA_FILE: text(4096),
    ELASTICSEARCH_INDEX_PREFIX: IndexPrefix,
    EMBEDDINGS_URL: EmbeddingsUrl,
    EMBEDDINGS_MODEL: text(255),
    EMBEDDINGS_API_KEY: text(4096),
    EMBEDDINGS_ALLOWED_HOSTS: HostNames,
    MADOGUCHI_RECORDERS: text(4096),
    MADOGUCHI_TOKEN_KEYS: text(4096),
    MADOGUCHI_TOKEN_ISSUER: text(255),
  },
);

/** The configuration that an environment gives, or everything that is wrong with it. */
export const configOf = (environment: NodeJS.ProcessEnv): E.Either<DomainErrors, Config> => {
  const named = Object.keys(Environment.optional).filter((name) => (environment[name] ?? '') !== '');
  const given = Object.fromEntries(named.map((name) => [name, environment[name]]));
  const decoded = decode(Environment, given);
  const problems = [
    ...(E.isLeft(decoded) ? decoded.left : []),
    ...missingOf(given, ['MADOGUCHI_TOKEN_KEYS', 'MADOGUCHI_TOKEN_ISSUER'], 'keys and issuer of the tokens'),
    ...elasticsearchProblems(given),
    ...withoutUrl(given, 'EMBEDDINGS_'),
    ...(E.isRight(decoded) ? embeddingsProblems(decoded.right) : []),
    ...missingOf(given, ['EVENTSTORE_URL', 'KEYS_URL', 'DATABASE_URL'], 'event store, keys and database'),
  ];
  if (E.isLeft(decoded) || problems.length > 0) return E.left(problems as DomainErrors);
  const env = decoded.right;
  return E.right({
    port: Number(env.PORT ?? '3000'),
    host: env.HOST ?? '127.0.0.1',
    data: env.MADOGUCHI_DATA ?? './data',
    officeHours: env.MADOGUCHI_OFFICE_HOURS ?? usualHours,
    ...(env.MADOGUCHI_MASTER_KEY !== undefined && { masterKey: env.MADOGUCHI_MASTER_KEY }),
    ...(env.MADOGUCHI_TOKEN_KEY !== undefined && { tokenKey: env.MADOGUCHI_TOKEN_KEY }),
    ...(env.EVENTSTORE_URL !== undefined && {
      shared: { eventStore: env.EVENTSTORE_URL, keys: env.KEYS_URL!, database: env.DATABASE_URL! },
    }),
    ...(env.ELASTICSEARCH_URL !== undefined && { elasticsearch: elasticsearchOf(env, env.ELASTICSEARCH_URL) }),
    ...(env.EMBEDDINGS_URL !== undefined && { embeddings: embeddingsOf(env, env.EMBEDDINGS_URL) }),
    ...(env.MADOGUCHI_RECORDERS !== undefined && { recorders: env.MADOGUCHI_RECORDERS }),
    ...(env.MADOGUCHI_TOKEN_KEYS !== undefined && {
      tokens: { keysFile: env.MADOGUCHI_TOKEN_KEYS, issuer: env.MADOGUCHI_TOKEN_ISSUER! },
    }),
  });
};

const elasticsearchOf = (env: TypeOf<typeof Environment>, url: string): ElasticsearchConfig => ({
  nodes: url.split(','),
  prefix: env.ELASTICSEARCH_INDEX_PREFIX ?? 'madoguchi',
  ...(env.ELASTICSEARCH_API_KEY !== undefined && { auth: { apiKey: env.ELASTICSEARCH_API_KEY } }),
  ...(env.ELASTICSEARCH_USERNAME !== undefined && {
    auth: {
      username: env.ELASTICSEARCH_USERNAME,
      ...(env.ELASTICSEARCH_PASSWORD_FILE === undefined
        ? { password: env.ELASTICSEARCH_PASSWORD! }
        : { passwordFile: env.ELASTICSEARCH_PASSWORD_FILE }),
    },
  }),
  ...(env.ELASTICSEARCH_CA_FILE !== undefined && { caFile: env.ELASTICSEARCH_CA_FILE }),
});

const elasticsearchProblems = (given: Readonly<Record<string, unknown>>): ReadonlyArray<DomainError> => [
  ...withoutUrl(given, 'ELASTICSEARCH_'),
  ...missingOf(given, ['ELASTICSEARCH_USERNAME', passwordSetting(given)], 'user and password of Elasticsearch'),
  ...exclusive(given, 'ELASTICSEARCH_API_KEY', 'ELASTICSEARCH_USERNAME'),
  ...exclusive(given, 'ELASTICSEARCH_PASSWORD', 'ELASTICSEARCH_PASSWORD_FILE'),
];

const passwordSetting = (given: Readonly<Record<string, unknown>>) =>
  'ELASTICSEARCH_PASSWORD_FILE' in given ? 'ELASTICSEARCH_PASSWORD_FILE' : 'ELASTICSEARCH_PASSWORD';

/** Settings of which one alone says something. */
const exclusive = (given: Readonly<Record<string, unknown>>, one: string, other: string): ReadonlyArray<DomainError> =>
  one in given && other in given ? [invalid('conflicting_fields', `goes with no ${other}: name one of them`, one)] : [];

/** Settings of a server that none is named for. */
const withoutUrl = (given: Readonly<Record<string, unknown>>, family: string): ReadonlyArray<DomainError> =>
  `${family}URL` in given
    ? []
    : Object.keys(given)
        .filter((name) => name.startsWith(family))
        .map((name) => invalid('missing_field', `says nothing without ${family}URL`, name));

const embeddingsOf = (env: TypeOf<typeof Environment>, url: string): EmbeddingsConfig => ({
  url,
  model: env.EMBEDDINGS_MODEL ?? 'multilingual-e5-small',
  ...(env.EMBEDDINGS_API_KEY !== undefined && { apiKey: env.EMBEDDINGS_API_KEY }),
});

/** What citizens say can be personal: it goes to this machine, or to a host that somebody answers for by name. */
const embeddingsProblems = (env: TypeOf<typeof Environment>): ReadonlyArray<DomainError> => {
  const { EMBEDDINGS_URL: url, EMBEDDINGS_ALLOWED_HOSTS: allowed = '' } = env;
  if (url === undefined) return [];
  if (!URL.canParse(url)) return [invalid('bad_value', 'is no address', 'EMBEDDINGS_URL')];
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(host) || allowed.toLowerCase().split(',').includes(host)) return [];
  return [
    invalid(
      'host_not_allowed',
      `names ${host}, which would be sent what citizens say: allow that by EMBEDDINGS_ALLOWED_HOSTS=${host}`,
      'EMBEDDINGS_URL',
    ),
  ];
};

/** Settings that say nothing without each other: those that are missing beside others that are there. */
const missingOf = (
  given: Readonly<Record<string, unknown>>,
  together: ReadonlyArray<string>,
  what: string,
): ReadonlyArray<DomainError> => {
  const missing = together.filter((name) => !(name in given));
  if (missing.length === together.length) return [];
  return missing.map((name) => invalid('missing_field', `is required: ${what} go together`, name));
};
