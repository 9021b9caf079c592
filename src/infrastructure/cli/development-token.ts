import { existsSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { readOrCreateTokenKey } from '../auth/token-keys.js';
import { issueToken } from '../auth/tokens.js';
import { isLoopback, tokenKeyFile, type Config } from '../config.js';
import { lines, UsageError } from './settings.js';

/** Whether a server of these settings takes the tokens of the development issuer. */
export const hasDevelopmentIssuer = ({ host, tokens }: Config): boolean => tokens === undefined && isLoopback(host);

/** A token of the development issuer. Throws `UsageError`. */
export const developmentToken = async (settings: Config, asked: unknown): Promise<string> => {
  if (!hasDevelopmentIssuer(settings))
    throw new UsageError('the development issuer serves on loopback only: ask your identity provider for tokens');
  if (!existsSync(settings.data))
    throw new UsageError(`there is no data directory ${settings.data} yet: start the server first`);
  const token = await issueToken(await readOrCreateTokenKey(tokenKeyFile(settings)), asked);
  if (E.isLeft(token)) throw new UsageError(lines(token.left));
  return token.right;
};
