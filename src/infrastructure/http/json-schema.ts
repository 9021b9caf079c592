import * as t from 'io-ts';
import { ListType, RecordType, ScalarType, UncheckedType } from '../../domain/kernel/codec.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Named records become components that other schemas refer to. */
export type Components = Map<string, { readonly codec: t.Mixed; readonly schema: JsonSchema }>;

/** A codec that the document cannot state truly; the message names it. */
export class UnfitCodec extends Error {}

/** JSON Schema 2020-12 of a codec, as OpenAPI 3.1 uses it. Throws `UnfitCodec`. */
export const jsonSchema = (codec: t.Mixed, components: Components): JsonSchema => {
  if (codec instanceof ScalarType) return { ...codec.schema };
  if (codec instanceof ListType) {
    const items = jsonSchema(codec.item, components);
    return { type: 'array', items, maxItems: codec.maxItems, ...(codec.unique && { uniqueItems: true }) };
  }
  if (codec instanceof RecordType) {
    const known = components.get(codec.name);
    if (known !== undefined && known.codec !== codec) throw new UnfitCodec(`two records are named ${codec.name}`);
    if (!/^[\w.-]+$/.test(codec.name)) throw new UnfitCodec(`"${codec.name}" cannot name a component`);
    if (known === undefined) components.set(codec.name, { codec, schema: recordSchema(codec, components) });
    return { $ref: `#/components/schemas/${codec.name}` };
  }
  if (codec instanceof UncheckedType) return jsonSchema(codec.codec, components);
  if (codec instanceof t.KeyofType) return { type: 'string', enum: Object.keys(codec.keys) };
  if (codec instanceof t.LiteralType) return { const: codec.value };
  if (codec instanceof t.ArrayType || codec instanceof t.ReadonlyArrayType)
    return { type: 'array', items: jsonSchema(codec.type, components) };
  if (codec instanceof t.UnionType)
    return { anyOf: codec.types.map((member: t.Mixed) => jsonSchema(member, components)) };
  if (codec instanceof t.UnknownType) return {};
  throw new UnfitCodec(`no JSON Schema is known for the codec ${codec.name}`);
};

const recordSchema = ({ required, optional }: RecordType<t.Props, t.Props>, components: Components): JsonSchema => {
  const properties = Object.entries({ ...required, ...optional }).map(([key, codec]) => [
    key,
    jsonSchema(codec, components),
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(Object.keys(required).length > 0 && { required: Object.keys(required) }),
    additionalProperties: false,
  };
};
