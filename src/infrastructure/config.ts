import { isIPv4 } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { record, scalar, text, integer } from '../domain/kernel/codec.js';
import { decode, invalid, type DomainError, type DomainErrors } from '../domain/kernel/errors.js';
import { OfficeHours, usualHours } from './calendar/office-hours.js';

/** What an environment can say, all of it optional. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The data directory. */
  readonly data: string;
  readonly officeHours: OfficeHours;
  /** Where recorder instances are configured. */
  readonly recorders?: string;
  /** A JWK set and the issuer of the tokens that it checks; absent: the development issuer, on loopback only. */
  readonly tokens?: { readonly keysFile: string; readonly issuer: string };
}

/** A host that only this machine reaches. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

const Port = scalar<string>('a port from 0 to 65535', { type: 'string' }, (u) => {
  return typeof u === 'string' && /^\d{1,5}$/.test(u) && integer(0, 65_535).is(Number(u));
});

const Environment = record(
  'Environment',
  {},
  {
    PORT: Port,
    HOST: text(255),
    MADOGUCHI_DATA: text(4096),
    MADOGUCHI_OFFICE_HOURS: OfficeHours,
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
  const problems = [...(E.isLeft(decoded) ? decoded.left : []), ...halfOfTokens(given)];
  if (E.isLeft(decoded) || problems.length > 0) return E.left(problems as DomainErrors);
  const env = decoded.right;
  return E.right({
    port: Number(env.PORT ?? '3000'),
    host: env.HOST ?? '127.0.0.1',
    data: env.MADOGUCHI_DATA ?? './data',
    officeHours: env.MADOGUCHI_OFFICE_HOURS ?? usualHours,
    ...(env.MADOGUCHI_RECORDERS !== undefined && { recorders: env.MADOGUCHI_RECORDERS }),
    ...(env.MADOGUCHI_TOKEN_KEYS !== undefined && {
      tokens: { keysFile: env.MADOGUCHI_TOKEN_KEYS, issuer: env.MADOGUCHI_TOKEN_ISSUER! },
    }),
  });
};

/** Keys say nothing without their issuer, nor an issuer without keys. */
const halfOfTokens = (given: Readonly<Record<string, unknown>>): ReadonlyArray<DomainError> => {
  const [missing, ...both] = ['MADOGUCHI_TOKEN_KEYS', 'MADOGUCHI_TOKEN_ISSUER'].filter((name) => !(name in given));
  if (missing === undefined || both.length > 0) return [];
  return [invalid('missing_field', 'is required: keys and issuer of the tokens go together', missing)];
};
