import { describe, expect, test } from 'vitest';
import { Kit } from './kit.js';

const anybody = { headers: { authorization: '' } };

/** Whatever a page or a style sheet makes a browser fetch. */
const fetched = (source: string) => [
  ...[...source.matchAll(/\b(?:src|href|action)="([^"]*)"/g)].map(([, url]) => url!),
  ...[...source.matchAll(/url\(\s*["']?([^"')]*)/g)].map(([, url]) => url!),
  ...[...source.matchAll(/@import\s+["']([^"']*)/g)].map(([, url]) => url!),
];

describe('the reference page', () => {
  test('is for everybody, and every part of it comes from this server', async () => {
    const kit = await Kit.start();
    const page = await kit.fetch('/docs', anybody);
    expect(page.status).toBe(200);
    const parts = fetched(await page.text());
    expect(parts.filter((part) => part.endsWith('.js'))).toHaveLength(3);
    for (const part of parts) {
      expect(part).toMatch(/^\/docs\/static\//);
      const response = await kit.fetch(part, anybody);
      expect([part, response.status]).toEqual([part, 200]);
      if (part.endsWith('.css')) for (const url of fetched(await response.text())) expect(url).toMatch(/^data:/);
    }
    const start = await (await kit.fetch('/docs/static/swagger-initializer.js', anybody)).text();
    expect(start).toContain('"validatorUrl":null');
  });

  test('may load nothing from elsewhere, whatever its scripts hold', async () => {
    const kit = await Kit.start();
    for (const path of ['/docs', '/docs/static/index.html', '/docs/static/swagger-ui-bundle.js']) {
      const policy = (await kit.fetch(path, anybody)).headers.get('content-security-policy')!;
      const sources = new Map(policy.split('; ').map((directive) => directive.split(/ (.*)/) as [string, string]));
      for (const [name, source] of [
        ['default-src', "'none'"],
        ['script-src', "'self'"],
        ['connect-src', "'self'"],
      ] as const)
        expect(sources.get(name)).toBe(source);
      expect(new Set([...sources.values()].flatMap((of) => of.split(' ')))).toEqual(
        new Set(["'none'", "'self'", 'data:']),
      );
    }
  });

  test('shows the document that is served', async () => {
    const kit = await Kit.start();
    const response = await kit.fetch('/openapi.json', anybody);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const document = await response.json();
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    expect(await (await kit.fetch('/docs/json', anybody)).json()).toEqual(document);
  });
});
