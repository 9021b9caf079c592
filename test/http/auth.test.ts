import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, exportJWK, SignJWT, type JWTPayload } from 'jose';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { readOrCreateTokenKey } from '../../src/infrastructure/auth/token-keys.js';
import { tokenKeyFile } from '../../src/infrastructure/config.js';
import { tempDir } from '../support/temp-dir.js';
import { ApiDocument, nameOf } from './document.js';
import { TestServer } from './server.js';

const server = await TestServer.start();
afterAll(() => server.close());
const document = await ApiDocument.of(server);
const open = ['/health/live', '/health/ready'];

const now = () => Math.floor(Date.now() / 1_000);
const claims = (): JWTPayload => ({
  sub: 'op-0001',
  role: 'administrator',
  iss: 'madoguchi-development',
  aud: 'madoguchi',
  iat: now(),
  exp: now() + 3_600,
});
const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');

/** Tokens that look like one of the server's own. */
const forged = async (): Promise<Readonly<Record<string, string>>> => {
  const key = await readOrCreateTokenKey(tokenKeyFile({ data: server.data }));
  const signed = (changed: JWTPayload) =>
    new SignJWT({ ...claims(), ...changed }).setProtectedHeader({ alg: 'EdDSA', kid: key.kid! }).sign(key);
  const [head, , signature] = (await signed({})).split('.');
  const secret = Buffer.from(JSON.stringify({ kty: key.kty, crv: key.crv, x: key.x }));
  return {
    expired: await signed({ iat: now() - 7_200, exp: now() - 60 }),
    'too old': await signed({ iat: now() - 13 * 3_600 }),
    'of another issuer': await signed({ iss: 'elsewhere' }),
    'for another audience': await signed({ aud: 'elsewhere' }),
    'of the role system': await signed({ role: 'system' }),
    'of the role recorder': await signed({ role: 'recorder' }),
    unsigned: `${part({ alg: 'none' })}.${part(claims())}.`,
    'signed with the public key': await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(secret),
    'changed after it was signed': `${head}.${part(claims())}x.${signature}`,
    'of another key': await new SignJWT(claims())
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid! })
      .sign((await generateKeyPair('EdDSA')).privateKey),
  };
};

test.each(Object.entries(await forged()))('a token %s opens no route', async (_, token) => {
  const before = server.storedEvents();
  for (const { method, path } of document.operations.filter((operation) => !open.includes(operation.path))) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await server.send({ method, path: path.replaceAll(/\{\w+\}/g, 'x'), headers });
    expect([nameOf({ method, path }), answer.status, answer.body.code]).toEqual([
      nameOf({ method, path }),
      401,
      'unauthorised',
    ]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="madoguchi"');
  }
  expect(server.storedEvents()).toBe(before);
  expect(server.log.join('\n')).not.toContain(token);
});

test('a token that is valid opens them', async () => {
  expect((await server.get('operator', '/me')).body).toEqual({ subject: 'test-operator', role: 'operator' });
});

test('the reference, its document and the health are open, and nothing else', async () => {
  const declared = document.operations.filter(({ security }) => security?.length === 0);
  expect(declared.map(({ path }) => path)).toEqual(open);
  const answers = ['/docs', '/docs/', '/docs/static/swagger-ui.css', '/openapi.json', ...open].map(async (path) => ({
    path,
    status: (await server.send({ method: 'GET', path })).status,
  }));
  for (const { path, status } of await Promise.all(answers)) expect([path, status]).toEqual([path, 200]);
  for (const { method, path } of document.operations.filter((operation) => !open.includes(operation.path)))
    expect((await server.send({ method, path: path.replaceAll(/\{\w+\}/g, 'x') })).status).toBe(401);
});

describe('where other machines reach the server', () => {
  test('it does not start with the development issuer, and says what to do', async () => {
    await expect(TestServer.start({ env: { HOST: '0.0.0.0' } })).rejects.toThrow(
      /HOST=0\.0\.0\.0 can be reached from other machines.*MADOGUCHI_TOKEN_KEYS.*MADOGUCHI_TOKEN_ISSUER/,
    );
  });

  test('the tokens of the identity provider open it, and those of the development issuer do not', async () => {
    const issuer = 'https://id.city.example';
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const keys = join(tempDir(), 'keys.json');
    writeFileSync(keys, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'k1' }] }));
    const city = await TestServer.start({
      env: { HOST: '0.0.0.0', MADOGUCHI_TOKEN_KEYS: keys, MADOGUCHI_TOKEN_ISSUER: issuer },
    });
    onTestFinished(() => city.close());
    const token = await new SignJWT({ ...claims(), iss: issuer })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(privateKey);
    const me = await city.send({ method: 'GET', path: '/me', headers: { authorization: `Bearer ${token}` } });
    expect(me.body).toEqual({ subject: 'op-0001', role: 'administrator' });
    expect((await city.get('operator', '/me')).status).toBe(401);
  });
});
