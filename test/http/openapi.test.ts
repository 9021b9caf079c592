import { Validator } from '@seriousme/openapi-schema-validator';
import * as t from 'io-ts';
import { describe, expect, test } from 'vitest';
import { record, text } from '../../src/domain/kernel/codec.js';
import { jsonSchema, UnfitCodec } from '../../src/infrastructure/http/json-schema.js';
import { openApiDocument } from '../../src/infrastructure/http/openapi.js';
import { operationsOf } from '../../src/infrastructure/http/operation.js';
import { controllers } from '../../src/infrastructure/http/routes/controllers.js';
import { operations } from './kit.js';

// oxlint-disable-next-line no-explicit-any -- a document is leafed through
const documentOf = (of: typeof operations): any => JSON.parse(JSON.stringify(openApiDocument(of, '1.2.3')));

const validity = async (document: Record<string, unknown>) => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  return { version: validator.version, valid, errors };
};

describe('the document', () => {
  test.each([
    ['of the kit', operations],
    ['of Madoguchi', operationsOf(controllers)],
  ])('%s is OpenAPI 3.1, every reference in it resolves', async (_, all) => {
    expect(await validity(documentOf(all))).toEqual({ version: '3.1', valid: true });
  });

  test('fails that check when it is planted with a fault', async () => {
    const document = documentOf(operations);
    document.paths['/things'].post.responses[201] = { description: 7 };
    expect(await validity(document)).toMatchObject({ valid: false });
  });

  test('has every operation once, under an id of its own', () => {
    const { paths } = documentOf(operationsOf(controllers));
    const found = Object.entries<Record<string, { operationId: string }>>(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => ({ at: `${method} ${path}`, operationId })),
    );
    const declared = operationsOf(controllers).map(
      ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    expect(found.map(({ at }) => at).toSorted()).toEqual(declared.toSorted());
    expect(new Set(found.map(({ operationId }) => operationId)).size).toBe(found.length);
  });

  test('says of a field what its codec says, and allows no other field', () => {
    const { schemas } = documentOf(operations).components;
    expect(schemas.Thing).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 30, pattern: '\\S' },
        size: { type: 'integer', minimum: 1, maximum: 9 },
        kind: { type: 'string', enum: ['small', 'large'] },
        maker: { $ref: '#/components/schemas/Maker' },
        fragile: { type: 'boolean' },
        colours: {
          type: 'array',
          items: { type: 'string', enum: ['red', 'green', 'blue'] },
          maxItems: 2,
          uniqueItems: true,
        },
      },
      required: ['title', 'size', 'kind', 'maker'],
      additionalProperties: false,
    });
    expect(schemas.Maker.required).toEqual(['name', 'since']);
  });

  test('names the headers, the refusals and the open operations', () => {
    const { paths, security } = documentOf(operations);
    const parameters = (of: { parameters: ReadonlyArray<{ name: string; required: boolean }> }) =>
      Object.fromEntries(of.parameters.map(({ name, required }) => [name, required]));
    expect(security).toEqual([{ bearer: [] }]);
    expect(paths['/open'].get.security).toEqual([]);
    expect(parameters(paths['/things/{id}'].put)).toEqual({ id: true, 'Idempotency-Key': true, 'If-Match': false });
    expect(parameters(paths['/things'].get)).toEqual({
      q: true,
      limit: false,
      fragile: false,
      kind: false,
      'Madoguchi-Wait-For': false,
    });
    expect(Object.keys(paths['/things'].post.responses[201].headers)).toEqual(['ETag', 'Madoguchi-Position']);
    expect(Object.keys(paths['/things/{id}'].put.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '409', '410', '412', '413', '415', '422', '503']),
    );
  });
});

describe('a codec that the document cannot state is refused when it is made', () => {
  test.each([
    [
      'unknown to JSON Schema',
      new t.Type<string>('a mystery', t.string.is, t.string.validate, t.identity),
      /a mystery/,
    ],
    ['deep inside', record('Outer', { inner: t.readonlyArray(record('Inner', { at: t.number })) }), /number/],
    ['whose name names no component', record('an outer', {}), /"an outer"/],
  ])('%s', (_, codec, message) => {
    expect(() => jsonSchema(codec, new Map())).toThrow(UnfitCodec);
    expect(() => jsonSchema(codec, new Map())).toThrow(message);
  });

  test('two of one name', () => {
    const components = new Map();
    jsonSchema(record('Twin', { a: text(3) }), components);
    expect(() => jsonSchema(record('Twin', { b: text(3) }), components)).toThrow(/two records are named Twin/);
  });
});
