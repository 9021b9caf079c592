import { randomUUID } from 'node:crypto';
import { pathOf, type ApiDocument, type Operation, type Schema } from './document.js';
import type { Sent } from './server.js';

/** Stands in wrong values, and must come back in no answer and no log. No pattern of the API takes it. */
export const MARKER = 'Zq9137 hidden';

/** A request of an operation that succeeds; every field, parameter and header that the document knows is given. */
export interface ValidRequest {
  readonly as?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** A role that may not ask for this; an auditor, if the operation changes something. */
  readonly unentitled?: string;
}

/** The valid request but for one thing. */
export interface BadRequest {
  readonly what: string;
  readonly sent: Sent;
  readonly status: number;
  /** The fields that the answer names: these and no others. */
  readonly fields: ReadonlyArray<string>;
}

interface Flaw {
  readonly what: string;
  readonly field: string;
  readonly value: unknown;
}

const BODY_LIMIT = 262_144;
const JSON_TYPE = { 'content-type': 'application/json' };
const encoder = new TextEncoder();

/** As it goes over the wire; a command gets a fresh Idempotency-Key. */
export const sentOf = ({ method, path }: Operation, valid: ValidRequest): Sent => {
  const query = new URLSearchParams(valid.query).toString();
  return {
    as: valid.as,
    method,
    path: pathOf(path, valid.path ?? {}) + (query === '' ? '' : `?${query}`),
    headers: { ...(method !== 'GET' && { 'idempotency-key': randomUUID() }), ...valid.headers },
    body: valid.body,
  };
};

/** Every way in which the document lets a request of this operation be wrong. */
export const badRequests = (
  document: ApiDocument,
  operation: Operation,
  valid: ValidRequest,
): ReadonlyArray<BadRequest> => [
  ...ofParameters(document, operation, valid),
  ...ofBody(document, operation, valid),
  ...ofBytes(operation, valid),
  ...ofBearer(operation, valid),
  ...ofHeaders(operation, valid),
];

const bad =
  (operation: Operation) =>
  (what: string, valid: ValidRequest, fields: ReadonlyArray<string>, status = 400): BadRequest => ({
    what,
    sent: sentOf(operation, valid),
    status,
    fields,
  });

const ofParameters = (document: ApiDocument, operation: Operation, valid: ValidRequest): ReadonlyArray<BadRequest> => {
  const wrong = bad(operation);
  const query = (name: string, value: string) => ({ ...valid, query: { ...valid.query, [name]: value } });
  const doubled = (name: string, values: ReadonlyArray<string>) => {
    const { path, ...sent } = sentOf(operation, { ...valid, query: omit(valid.query ?? {}, name) });
    const twice = values.map((value) => `${name}=${encodeURIComponent(value)}`).join('&');
    return { ...sent, path: `${path}${path.includes('?') ? '&' : '?'}${twice}` };
  };
  return [
    ...operation.parameters.flatMap(({ name, in: place, required, schema }): ReadonlyArray<BadRequest> => {
      const values = wrongTexts(
        document.resolved(schema),
        valid[inputs[place]]?.[place === 'header' ? name.toLowerCase() : name] ?? '',
      );
      const field = place === 'header' ? `header.${name.toLowerCase()}` : `${place}.${name}`;
      switch (place) {
        case 'path':
          return [
            // A dot segment or nothing is another path.
            ...values
              .filter(({ value }) => value !== '')
              .map(({ what, value }) =>
                wrong(`${field} ${what}`, { ...valid, path: { ...valid.path, [name]: value } }, [field]),
              ),
            wrong(
              `${field} too long for any route`,
              { ...valid, path: { ...valid.path, [name]: 'a'.repeat(400) } },
              [],
              414,
            ),
          ];
        case 'query':
          return [
            ...values.map(({ what, value }) => wrong(`${field} ${what}`, query(name, value), [field])),
            ...(required ? [wrong(`${field} missing`, { ...valid, query: omit(valid.query!, name) }, [field])] : []),
            {
              ...wrong(`${field} twice`, valid, [field]),
              sent: doubled(name, [valid.query![name]!, valid.query![name]!]),
            },
          ];
        case 'header': {
          const header = (value: string) => ({ ...valid, headers: { ...valid.headers, [name.toLowerCase()]: value } });
          return [
            // Node cuts the blanks around a header's value, and joins what is given twice.
            ...values
              .filter(({ value }) => /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value))
              .map(({ what, value }) => wrong(`${field} ${what}`, header(value), [field])),
            wrong(`${field} twice`, header(`${randomUUID()}, ${randomUUID()}`), [field]),
          ];
        }
      }
    }),
    wrong('an unknown query parameter', query('zqUnknown', MARKER), ['query.zqUnknown']),
    wrong('a query parameter whose name could be anything', query(MARKER, MARKER), ['query.*']),
  ];
};

const inputs = { path: 'path', query: 'query', header: 'headers' } as const;

const ofBody = (document: ApiDocument, operation: Operation, valid: ValidRequest): ReadonlyArray<BadRequest> => {
  if (operation.method === 'GET') return [];
  const schema = operation.requestBody?.content['application/json']?.schema ?? { type: 'object', properties: {} };
  const nothing = operation.requestBody === undefined ? [] : [{ what: 'missing', field: '', value: undefined }];
  return [...flaws(document, schema, valid.body ?? {}), ...nothing].map(({ what, field, value }) => {
    const at = field === '' ? 'body' : field;
    const sent = sentOf(operation, valid);
    const json = value === undefined ? {} : { body: JSON.stringify(value), headers: { ...sent.headers, ...JSON_TYPE } };
    return { ...bad(operation)(`${at} ${what}`, valid, [at]), sent: { ...sent, body: undefined, ...json } };
  });
};

const ofBytes = (operation: Operation, valid: ValidRequest): ReadonlyArray<BadRequest> => {
  if (operation.method === 'GET') return [];
  const json = JSON.stringify(valid.body ?? {});
  const takesCsv = operation.requestBody?.content['text/csv'] !== undefined;
  const raw = (what: string, type: string | undefined, body: string | Uint8Array, status: number): BadRequest => {
    const sent = sentOf(operation, valid);
    const headers = { ...sent.headers, ...(type !== undefined && { 'content-type': type }) };
    return { what, status, fields: [], sent: { ...sent, headers, body } };
  };
  const type = 'application/json';
  return [
    raw('not JSON', type, `{"${MARKER}": `, 400),
    raw('JSON with more behind it', type, `${json} ${MARKER}`, 400),
    raw('JSON that would change a prototype', type, `{"__proto__": {"a": "${MARKER}"}}`, 400),
    raw('no bytes at all', type, '', 400),
    raw('not UTF-8', type, new Uint8Array([...encoder.encode(json), 0x20, 0xff]), 400),
    // What takes more takes far more than a test sends; its limit is shown elsewhere.
    ...(takesCsv ? [] : [raw('too many bytes, of JSON that is valid', type, json.padEnd(BODY_LIMIT + 1), 413)]),
    ...[
      ...(takesCsv ? [] : ['text/csv']),
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'application/jsonp',
    ].map((other) => raw(`a body of ${other}`, other, json, 415)),
    raw('a body of no type', undefined, encoder.encode(json), 415),
  ];
};

const ofBearer = (operation: Operation, valid: ValidRequest): ReadonlyArray<BadRequest> => {
  if (operation.security?.length === 0) return [];
  const { unentitled = operation.method === 'GET' ? undefined : 'auditor' } = valid;
  const refused = (what: string, authorization?: string): BadRequest => {
    const { as: _, ...sent } = sentOf(operation, valid);
    const headers = { ...sent.headers, ...(authorization !== undefined && { authorization }) };
    return { what, sent: { ...sent, headers }, status: 401, fields: [] };
  };
  return [
    refused('no token'),
    refused('a token that is none', `Bearer ${MARKER}`),
    refused('a token of garbage', 'Bearer Zq9137.Zq9137.Zq9137'),
    refused('a password', `Basic ${Buffer.from(MARKER).toString('base64')}`),
    ...(unentitled === undefined
      ? []
      : [{ ...bad(operation)('a role that may not', { ...valid, as: unentitled }, [], 403), fields: [''] }]),
  ];
};

/** What no schema tells: which headers a command needs, and that a position or revision must be one that was given. */
const ofHeaders = (operation: Operation, valid: ValidRequest): ReadonlyArray<BadRequest> => {
  const wrong = bad(operation);
  const knows = (header: string) => operation.parameters.some(({ name }) => name === header);
  const sent = (name: string, value: string) => ({ ...valid, headers: { ...valid.headers, [name]: value } });
  const position = valid.headers?.['madoguchi-wait-for'] ?? '';
  const [wait, match] = ['header.madoguchi-wait-for', 'header.if-match'];
  const withoutKey = sentOf(operation, valid);
  return [
    ...(knows('Idempotency-Key')
      ? [
          {
            ...wrong('no Idempotency-Key', valid, ['header.idempotency-key']),
            sent: { ...withoutKey, headers: omit(withoutKey.headers!, 'idempotency-key') },
          },
        ]
      : []),
    ...(knows('Madoguchi-Wait-For')
      ? [
          wrong(
            'a position of another store',
            sent('madoguchi-wait-for', `${position[0] === '0' ? '1' : '0'}${position.slice(1)}`),
            [wait],
          ),
          wrong('a position that is none', sent('madoguchi-wait-for', 'abc'), [wait]),
          wrong(
            'a position beyond the head',
            sent('madoguchi-wait-for', position.replace(/.{16}$/, '000fffffffffffff')),
            [wait],
          ),
        ]
      : []),
    knows('If-Match')
      ? wrong('a revision that it has not', sent('if-match', '"999999"'), [], 412)
      : wrong('an If-Match where none is known', sent('if-match', '"0"'), [match]),
  ];
};

/** Every way in which one value of a schema can be wrong, as the whole value with one thing changed. */
const flaws = (document: ApiDocument, unresolved: Schema, valid: unknown): ReadonlyArray<Flaw> => {
  const schema = document.resolved(unresolved);
  const here = (what: string, value: unknown): Flaw => ({ what, field: '', value });
  const below = (key: string, flaw: Flaw, value: unknown): Flaw => ({
    what: flaw.what,
    field: flaw.field === '' ? key : `${key}.${flaw.field}`,
    value,
  });
  const others = otherTypes
    .filter(([type]) => type !== (schema.type ?? 'string'))
    .map(([type, value]) => here(`of type ${type}`, value));
  switch (schema.type) {
    case 'object': {
      const object = valid as Readonly<Record<string, unknown>>;
      return [
        ...others,
        ...(schema.required ?? []).map((name) =>
          below(name, here('missing', undefined), { ...object, [name]: undefined }),
        ),
        below('zqUnknown', here('unknown', undefined), { ...object, zqUnknown: MARKER }),
        below('*', here('whose name could be anything', undefined), { ...object, [MARKER]: MARKER }),
        ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
          flaws(document, property, object[name]).map((flaw) => below(name, flaw, { ...object, [name]: flaw.value })),
        ),
      ];
    }
    case 'array': {
      const [item] = valid as ReadonlyArray<string>;
      return [
        ...others,
        here(
          'too long',
          Array.from({ length: schema.maxItems! + 1 }, (_, i) => `${item}${i}`),
        ),
        ...(schema.uniqueItems === true ? [here('with a repeat', [item, item])] : []),
        ...flaws(document, schema.items!, item).map((flaw) => below('0', flaw, [flaw.value])),
      ];
    }
    case 'integer':
      return [...others, ...outOfBounds(schema).map((value) => here('out of bounds', value)), here('a fraction', 1.5)];
    case 'boolean':
      return others;
    default:
      return [...others, ...wrongTexts(schema, valid as string).map(({ what, value }) => here(what, value))];
  }
};

const otherTypes: ReadonlyArray<readonly [type: string, value: unknown]> = [
  ['string', MARKER],
  ['integer', 9_137],
  ['boolean', true],
  ['object', { [MARKER]: MARKER }],
  ['array', [MARKER, MARKER]],
  ['null', null],
];

const outOfBounds = ({ minimum, maximum }: Schema) => [
  ...(minimum === undefined ? [] : [minimum - 1]),
  ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [maximum + 1]),
];

/** Texts that are no value of a scalar's schema, nor the text of one. */
const wrongTexts = (
  schema: Schema,
  valid: string,
): ReadonlyArray<{ readonly what: string; readonly value: string }> => {
  const fits = new RegExp(schema.pattern ?? '');
  const { maxLength } = schema;
  const texts: ReadonlyArray<readonly [string, string]> = [
    ['of another kind', MARKER],
    ['empty', ''],
    ['blank', ' '],
    ['with a NUL', `${valid}\u0000`],
    ['with a line break and a header', `${valid}\r\nX: ${MARKER}`],
    ...(schema.type === 'integer' ? outOfBounds(schema).map((n): [string, string] => ['out of bounds', `${n}`]) : []),
    ['a fraction', '1.5'],
    ...(maxLength === undefined
      ? []
      : ([
          ['too long', MARKER.padEnd(maxLength + 1, '9')],
          ['too long, of the right characters', valid.padEnd(maxLength + 1, valid.at(-1) ?? 'a')],
        ] as const)),
    ...(schema.format === 'date-time'
      ? ([
          ['a day that there is not', '2026-02-31T00:00:00.000Z'],
          ['a moment with another offset', '2026-04-01T09:30:00.000+09:00'],
          ['a moment without milliseconds', '2026-04-01T00:30:00Z'],
        ] as const)
      : []),
  ];
  const isWrong = (text: string): boolean => {
    if (schema.enum !== undefined) return !schema.enum.includes(text);
    if (schema.type === 'boolean') return true;
    if (schema.type === 'integer') return !/^-?\d+$/.test(text) || outOfBounds(schema).includes(Number(text));
    if (schema.format === 'date-time') return true;
    const tooLong = maxLength !== undefined && text.length > maxLength;
    // Text that a person writes holds no control characters but line breaks, which no pattern says.
    const control = schema.pattern === '\\S' && text.includes('\u0000');
    return tooLong || control || text.length < (schema.minLength ?? 0) || !fits.test(text);
  };
  return texts.filter(([, value]) => isWrong(value)).map(([what, value]) => ({ what, value }));
};

const omit = <A>(fields: Readonly<Record<string, A>>, name: string): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
