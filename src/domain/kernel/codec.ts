import * as t from 'io-ts';

/** The part of JSON Schema 2020-12 that a scalar codec states of itself; OpenAPI is generated from it. */
export interface ScalarSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: ReadonlyArray<string | number>;
}

/** A codec of one JSON scalar; its `name` completes the sentence "must be ...". */
export class ScalarType<A> extends t.Type<A> {
  readonly _tag = 'ScalarType' as const;
  constructor(
    name: string,
    readonly schema: ScalarSchema,
    is: t.Is<A>,
  ) {
    super(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity);
  }
}

export const scalar = <A>(name: string, schema: ScalarSchema, is: (u: unknown) => boolean): ScalarType<A> =>
  new ScalarType<A>(name, schema, is as t.Is<A>);

/** A string that matches a pattern; branded by its type parameter. */
export const pattern = <A extends string>(name: string, regex: RegExp, schema: Omit<ScalarSchema, 'type'>) =>
  scalar<A>(
    name,
    { type: 'string', pattern: regex.source, ...schema },
    (u) => typeof u === 'string' && u.length <= (schema.maxLength ?? Infinity) && regex.test(u),
  );

// Line feeds and tabs are text; other control characters and lone surrogates are not (they break search and export).
// oxlint-disable-next-line no-control-regex
const notText = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/;
// Spaces, format characters, fillers, variation selectors and blank braille show nothing by themselves.
const visible = /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Text that a person wrote: not blank, at most `maxLength` UTF-16 units. */
export const text = (maxLength: number, description?: string): ScalarType<string> =>
  scalar(
    `text of 1 to ${maxLength} characters`,
    { type: 'string', minLength: 1, maxLength, pattern: '\\S', ...(description !== undefined && { description }) },
    (u) => typeof u === 'string' && u.length <= maxLength && visible.test(u) && !notText.test(u) && u.isWellFormed(),
  );

/** A whole number within bounds, both included. */
export const integer = (minimum: number, maximum: number, description?: string): ScalarType<number> =>
  scalar(
    `a whole number from ${minimum} to ${maximum}`,
    { type: 'integer', minimum, maximum, ...(description !== undefined && { description }) },
    (u) => Number.isInteger(u) && (u as number) >= minimum && (u as number) <= maximum,
  );

export const flag: ScalarType<boolean> = scalar('true or false', { type: 'boolean' }, (u) => typeof u === 'boolean');

/** One of a few words. */
export const oneOf = <K extends string>(...words: ReadonlyArray<K>): t.KeyofC<Record<K, null>> =>
  t.keyof(Object.fromEntries(words.map((word) => [word, null])) as Record<K, null>, `one of ${words.join(', ')}`);

/** A list at most `maxItems` long; of `unique` ones, none stands twice. */
export class ListType<A> extends t.Type<ReadonlyArray<A>> {
  readonly _tag = 'ListType' as const;
  constructor(
    readonly item: t.Type<A>,
    readonly maxItems: number,
    readonly unique: boolean,
  ) {
    const items = t.readonlyArray(item);
    const fits = (list: ReadonlyArray<A>) => list.length <= maxItems && (!unique || new Set(list).size === list.length);
    const name = `a list of at most ${maxItems}${unique ? ', none twice' : ''}`;
    super(
      name,
      (u): u is ReadonlyArray<A> => items.is(u) && fits(u),
      (u, c) => {
        if (!Array.isArray(u) || u.length > maxItems) return t.failure(u, c);
        const decoded = items.validate(u, c);
        return decoded._tag === 'Right' && !fits(decoded.right) ? t.failure(u, c) : decoded;
      },
      t.identity,
    );
  }
}

export const list = <A>(item: t.Type<A>, maxItems: number): ListType<A> => new ListType(item, maxItems, true);

/** A list in which things may be alike. */
export const series = <A>(item: t.Type<A>, maxItems: number): ListType<A> => new ListType(item, maxItems, false);

/** What is stated as this codec, and decoded with it later: by whoever has more to say of what is wrong. */
export class UncheckedType extends t.Type<unknown> {
  readonly _tag = 'UncheckedType' as const;
  constructor(readonly codec: t.Mixed) {
    super(codec.name, (_u): _u is unknown => true, t.success, t.identity);
  }
}

type Shape<R extends t.Props, O extends t.Props> = { readonly [K in keyof R]: t.TypeOf<R[K]> } & {
  readonly [K in keyof O]?: t.TypeOf<O[K]>;
};

/** What stands at a field that the record does not know; the reporter names it. */
export const unknownField = new t.Type<never>('no known field', (_u): _u is never => false, t.failure, t.identity);

/** An object with these fields and no others; every wrong, missing or unknown field is reported at once. */
export class RecordType<R extends t.Props, O extends t.Props> extends t.Type<Shape<R, O>> {
  readonly _tag = 'RecordType' as const;
  constructor(
    name: string,
    readonly required: R,
    readonly optional: O,
  ) {
    const fields: t.Props = { ...required, ...optional };
    const isRequired = (key: string) => Object.hasOwn(required, key);
    super(
      name,
      (u): u is Shape<R, O> =>
        isObject(u) &&
        Object.keys(u).every((key) => Object.hasOwn(fields, key)) &&
        Object.entries(fields).every(([key, codec]) => (u[key] === undefined ? !isRequired(key) : codec.is(u[key]))),
      (u, c) => {
        if (!isObject(u)) return t.failure(u, c);
        const unknown = Object.keys(u)
          .filter((key) => !Object.hasOwn(fields, key))
          .map((key): t.ValidationError => ({ value: undefined, context: t.appendContext(c, key, unknownField) }));
        const wrong = Object.entries(fields).flatMap(([key, codec]): t.Errors => {
          if (u[key] === undefined && !isRequired(key)) return [];
          const decoded = codec.validate(u[key], t.appendContext(c, key, codec, u[key]));
          return decoded._tag === 'Left' ? decoded.left : [];
        });
        const errors = [...wrong, ...unknown];
        return errors.length > 0 ? t.failures(errors) : t.success(u as Shape<R, O>);
      },
      t.identity,
    );
  }
}

const isObject = (u: unknown): u is Record<string, unknown> => typeof u === 'object' && u !== null && !Array.isArray(u);

export function record<R extends t.Props>(name: string, required: R): RecordType<R, {}>;
export function record<R extends t.Props, O extends t.Props>(name: string, required: R, optional: O): RecordType<R, O>;
export function record(name: string, required: t.Props, optional: t.Props = {}): RecordType<t.Props, t.Props> {
  return new RecordType(name, required, optional);
}
