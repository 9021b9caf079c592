import type { Props } from 'io-ts';
import { record, text, integer, type RecordType } from '../../domain/kernel/codec.js';
import * as t from 'io-ts';
import { EntityTag, IdempotencyKey, PositionHeader } from './input.js';
import { jsonSchema, type Components, type JsonSchema } from './json-schema.js';
import type { OperationSpec } from './operation.js';

const ProblemDetailCodec = record(
  'ProblemDetail',
  { code: text(80, 'Stable: for programs.'), message: text(400, 'For a person.') },
  { field: text(200, 'Path of the wrong field; never its value.') },
);
const ProblemCodec = record(
  'Problem',
  { type: text(120), title: text(200), status: integer(400, 599), code: text(80) },
  { errors: t.readonlyArray(ProblemDetailCodec) },
);

const refusals: Readonly<Record<string, string>> = {
  400: 'Something in the request is wrong; every wrong field is named.',
  401: 'The bearer token is missing, expired or not ours.',
  403: 'This role or department may not.',
  404: 'There is no such thing.',
  409: 'The rules do not allow it now.',
  410: 'The personal data were erased.',
  412: 'It was changed since it was read (If-Match).',
  413: 'The body is too large.',
  415: 'The body is not application/json.',
  422: 'The Idempotency-Key was used for another request.',
  503: 'Not at the moment: ask again.',
};

const description = `An event-sourced core for municipal call centres.

**Commands** need an \`Idempotency-Key\` (a UUID, fresh for each command). The same key with the same request is answered as the
first time and stores nothing; with another request it is 422. The answer carries the stream's revision (\`ETag\`) and the
position of the write (\`Madoguchi-Position\`).

**Reads** answer from views that follow the events. Give a position as \`Madoguchi-Wait-For\`, and the read waits until
its view has come that far. The read of one thing carries its revision (\`ETag\`), for an \`If-Match\`.

**Errors** are problem details (RFC 9457) that name every wrong field at once and repeat no value. Fields of the body
stand as they are; others begin with \`path.\`, \`query.\` or \`header.\`.`;

/** The OpenAPI 3.1 document of some operations; every schema comes from the codec that validates. */
export const openApiDocument = (operations: ReadonlyArray<OperationSpec>, version: string): JsonSchema => {
  const components: Components = new Map();
  const problem = { 'application/problem+json': { schema: jsonSchema(ProblemCodec, components) } };
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const spec of operations) {
    const path = spec.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[spec.method] = operationObject(spec, components);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Madoguchi', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: Object.fromEntries(
        Object.entries(refusals).map(([status, text]) => [status, { description: text, content: problem }]),
      ),
      schemas: Object.fromEntries([...components].map(([name, { schema }]) => [name, schema])),
    },
  };
};

const operationObject = (spec: OperationSpec, components: Components): JsonSchema => {
  const { success, body } = spec;
  return {
    operationId: operationId(spec),
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    ...(spec.open === true && { security: [] }),
    parameters: [
      ...parameters('path', spec.params, components),
      ...parameters('query', spec.query, components),
      ...headers(spec),
    ],
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: jsonSchema(body, components) },
          ...(spec.csv !== undefined && { 'text/csv': { schema: { type: 'string' } } }),
        },
      },
    }),
    responses: {
      [success.status]: {
        description: success.description,
        ...(spec.command === true && { headers: writeHeaders }),
        ...(spec.etag === true && { headers: readHeaders }),
        content:
          'mediaType' in success.body
            ? { [success.body.mediaType]: { schema: { type: 'string', format: 'binary' } } }
            : { 'application/json': { schema: jsonSchema(success.body, components) } },
      },
      ...Object.fromEntries(possible(spec).map((status) => [status, { $ref: `#/components/responses/${status}` }])),
    },
  };
};

/** `post /inquiries/:id/callback` -> `postInquiriesIdCallback`. */
const operationId = ({ method, path }: OperationSpec): string =>
  method + path.replaceAll(/[/:.-]+(\w)/g, (_, letter: string) => letter.toUpperCase());

const parameters = (place: 'path' | 'query', fields: RecordType<Props, Props> | undefined, components: Components) =>
  Object.entries({ ...fields?.required, ...fields?.optional }).map(([name, codec]) => ({
    name,
    in: place,
    required: place === 'path' || Object.hasOwn(fields?.required ?? {}, name),
    schema: jsonSchema(codec, components),
  }));

const header = (name: string, required: boolean, schema: object, text: string) => ({
  name,
  in: 'header',
  required,
  schema,
  description: text,
});

const headers = (spec: OperationSpec) => [
  ...(spec.command === true
    ? [header('Idempotency-Key', true, IdempotencyKey.schema, 'Names the command; the same again is the same command.')]
    : []),
  ...(spec.ifMatch === true
    ? [header('If-Match', false, EntityTag.schema, 'Only if nobody has changed it since this ETag was given.')]
    : []),
  ...(spec.view !== undefined
    ? [header('Madoguchi-Wait-For', false, PositionHeader.schema, 'Answer when the view has come this far.')]
    : []),
];

const writeHeaders = {
  ETag: { schema: EntityTag.schema, description: 'The revision of the stream after the command.' },
  'Madoguchi-Position': { schema: PositionHeader.schema, description: 'The position of the write.' },
};

const readHeaders = {
  ETag: { schema: EntityTag.schema, description: 'The revision that was read, for an If-Match.' },
};

const possible = (spec: OperationSpec): ReadonlyArray<string> =>
  Object.keys(refusals).filter((status) => {
    if (spec.open === true) return status === '400' || status === '503';
    if (status === '412') return spec.ifMatch === true;
    if (['409', '410', '422'].includes(status)) return spec.command === true;
    if (['413', '415'].includes(status)) return spec.method !== 'get';
    return true;
  });
