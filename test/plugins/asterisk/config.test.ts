import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/plugins/recorders/asterisk/config.js';
import { config } from './captured.js';

const { prefix, exchangeMonitorDir, emergencyAccountCode, ...required } = config;

test('has presets for what an Asterisk seldom needs otherwise', () => {
  expect(parseConfig(required, {})).toEqual({ ok: true, value: config });
  expect([prefix, exchangeMonitorDir, emergencyAccountCode]).toEqual([
    'madoguchi',
    '/var/spool/asterisk/monitor',
    'emergency',
  ]);
});

test('takes the password from an environment variable', () => {
  const { password, ...others } = required;
  expect(parseConfig({ ...others, passwordEnv: 'ARI_PASSWORD' }, { ARI_PASSWORD: password })).toEqual({
    ok: true,
    value: config,
  });
  expect(parseConfig({ ...others, passwordEnv: 'ARI_PASSWORD' }, {})).toEqual({
    ok: false,
    errors: [{ field: 'passwordEnv', message: 'must name an environment variable that is set' }],
  });
  expect(parseConfig({ ...required, passwordEnv: 'ARI_PASSWORD' }, { ARI_PASSWORD: password })).toMatchObject({
    ok: false,
  });
});

test('tells all errors at once, and no value', () => {
  const parsed = parseConfig(
    {
      ...required,
      ariUrl: 'ftp://secret',
      user: '',
      app: 7,
      lines: { 7001: '', 7002: 'ok' },
      prefix: 'a-secret',
      colour: 'secret',
    },
    {},
  );
  expect(parsed.ok ? [] : parsed.errors.map(({ field }) => field).toSorted()).toEqual([
    'app',
    'ariUrl',
    'colour',
    'lines.7001',
    'prefix',
    'user',
  ]);
  expect(JSON.stringify(parsed)).not.toContain('secret');
});

test.for([undefined, null, 'text', [], {}])('refuses %j', (input) => {
  expect(parseConfig(input, {}).ok).toBe(false);
});
