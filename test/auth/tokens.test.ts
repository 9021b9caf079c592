import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWTPayload, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { publicPart, readOrCreateTokenKey } from '../../src/infrastructure/auth/token-keys.js';
import { developmentVerifier, issueToken, TokenVerifier } from '../../src/infrastructure/auth/tokens.js';
import { Kit } from '../http/kit.js';
import { tempDir } from '../support/temp-dir.js';

const newKey = () => readOrCreateTokenKey(join(tempDir(), 'token-key.jwk'));
const now = () => Math.floor(Date.now() / 1000);
const claims = (): JWTPayload => ({
  sub: 'op-0001',
  role: 'operator',
  iss: 'madoguchi-development',
  aud: 'madoguchi',
  iat: now(),
  exp: now() + 3_600,
});
const signed = async (key: JWK, payload: JWTPayload, header: object = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(await importJWK(key, 'EdDSA'));
const without = (claim: string): JWTPayload => {
  const { [claim]: _, ...others } = claims();
  return others;
};
const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('the development issuer', () => {
  test('makes a token that names subject, role and department', async () => {
    const key = await newKey();
    const asked = { subject: 'ds-0001', role: 'department-staff', department: 'kaigo-hoken', hours: 1 };
    const token = await issueToken(key, asked);
    if (E.isLeft(token)) throw new Error('refused');
    expect(await developmentVerifier(key).actor(token.right)).toEqual({
      subject: 'ds-0001',
      role: 'department-staff',
      department: 'kaigo-hoken',
    });
  });

  test('makes none for the roles of the system, for a name, or for longer than a shift; all is told at once', async () => {
    const issued = await issueToken(await newKey(), { subject: '架空 花子', role: 'system', hours: 13, admin: true });
    if (E.isRight(issued)) throw new Error('issued');
    expect(issued.left.map(({ field }) => field)).toEqual(['subject', 'role', 'hours', 'admin']);
    expect(JSON.stringify(issued.left)).not.toContain('架空');
  });

  test('keeps one key, in a file that only its owner reads, however many start at once', async () => {
    const file = join(tempDir(), 'data', 'token-key.jwk');
    const keys = await Promise.all([readOrCreateTokenKey(file), readOrCreateTokenKey(file)]);
    expect(keys[0]).toEqual(keys[1]);
    expect(await readOrCreateTokenKey(file)).toEqual(keys[0]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(publicPart(keys[0])).not.toHaveProperty('d');
  });
});

describe('a token', () => {
  const refused: ReadonlyArray<readonly [string, (key: JWK) => Promise<string> | string]> = [
    ['expired', (key) => signed(key, { ...claims(), iat: now() - 7_200, exp: now() - 60 })],
    ['without an end', (key) => signed(key, without('exp'))],
    ['older than a shift, whatever its end', (key) => signed(key, { ...claims(), iat: now() - 13 * 3_600 })],
    ['of the future', (key) => signed(key, { ...claims(), iat: now() + 600 })],
    ['not valid yet', (key) => signed(key, { ...claims(), nbf: now() + 600 })],
    ['of another issuer', (key) => signed(key, { ...claims(), iss: 'elsewhere' })],
    ['for another audience', (key) => signed(key, { ...claims(), aud: 'elsewhere' })],
    ['without a subject', (key) => signed(key, without('sub'))],
    ['whose subject is no staff number', (key) => signed(key, { ...claims(), sub: '架空 花子' })],
    ['without a role', (key) => signed(key, without('role'))],
    ['of the role system', (key) => signed(key, { ...claims(), role: 'system' })],
    ['of the role recorder', (key) => signed(key, { ...claims(), role: 'recorder' })],
    ['of several roles', (key) => signed(key, { ...claims(), role: ['operator', 'auditor'] })],
    ['of a department that is none', (key) => signed(key, { ...claims(), department: '福祉課' })],
    ['signed by another key', async () => signed(await newKey(), claims())],
    ['signed by another key under our key id', async ({ kid }) => signed(await newKey(), claims(), { kid })],
    ['unsigned', () => `${part({ alg: 'none' })}.${part(claims())}.`],
    [
      'signed with the public key as a secret',
      ({ x }) => new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(x!, 'base64url')),
    ],
    [
      'changed after it was signed',
      async (key) => {
        const [head, , signature] = (await signed(key, claims())).split('.');
        return `${head}.${part({ ...claims(), role: 'administrator' })}.${signature}`;
      },
    ],
  ];

  test.each(refused)('%s lets nobody in', async (_, make) => {
    const key = await newKey();
    const verifier = developmentVerifier(key);
    expect(await verifier.actor(await signed(key, claims()))).toEqual({ subject: 'op-0001', role: 'operator' });
    expect(await verifier.actor(await make(key))).toBeUndefined();
  });

  test.each(['ES256', 'RS256', 'PS256', 'Ed25519'])(
    "of the city's identity provider is taken, signed with %s",
    async (alg) => {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...(await exportJWK(publicKey)), alg, kid: 'k1' };
      const verifier = new TokenVerifier({ keys: [jwk] }, 'https://id.city.example');
      const token = await new SignJWT({ ...claims(), iss: 'https://id.city.example' })
        .setProtectedHeader({ alg, kid: 'k1' })
        .sign(privateKey);
      expect(await verifier.actor(token)).toEqual({ subject: 'op-0001', role: 'operator' });
    },
  );
});

describe('the guard', () => {
  test('lets a valid token in, the scheme in any case', async () => {
    const kit = await Kit.start();
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect((await kit.fetch('/things?q=a', { headers: { authorization: `${scheme} ${kit.token}` } })).status).toBe(
        200,
      );
  });

  test.each(['', 'Bearer', 'Bearer ', 'Basic b3A6b3A=', 'Bearer a.b.c', 'Bearer a b'])(
    'answers "%s" with 401 and how to do better, before anything is looked at',
    async (authorization) => {
      const kit = await Kit.start();
      const response = await kit.send('POST', '/things', { wrong: 1 }, { authorization });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
      expect(await response.json()).toMatchObject({ code: 'unauthorised' });
      expect(kit.behind.seen).toEqual([]);
    },
  );

  test('takes no token from the address', async () => {
    const kit = await Kit.start();
    const response = await kit.fetch(`/things?q=a&access_token=${kit.token}`, { headers: { authorization: '' } });
    expect(response.status).toBe(401);
    expect(kit.log.join()).not.toContain(kit.token);
  });

  test('leaves the open operations open', async () => {
    const kit = await Kit.start();
    expect((await kit.fetch('/open', { headers: { authorization: '' } })).status).toBe(200);
  });
});
