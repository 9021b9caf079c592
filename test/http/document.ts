import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { TestServer } from './server.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: ReadonlyArray<string>;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: ReadonlyArray<string>;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface Operation {
  readonly method: string;
  /** With parameters as `{id}`. */
  readonly path: string;
  readonly parameters: ReadonlyArray<Parameter>;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly headers?: object; readonly content?: Content }>>;
  /** Empty: needs no token. */
  readonly security?: ReadonlyArray<unknown>;
}

/** The OpenAPI document as the server gives it: all that these tests know of the routes. */
export class ApiDocument {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  // oxlint-disable-next-line no-explicit-any -- JSON
  private constructor(readonly json: any) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(json, 'document');
  }

  static async of(server: TestServer): Promise<ApiDocument> {
    return new ApiDocument((await server.send({ method: 'GET', path: '/openapi.json' })).body);
  }

  get operations(): ReadonlyArray<Operation> {
    return Object.entries<Record<string, object>>(this.json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...(operation as Omit<Operation, 'method' | 'path'>),
        method: method.toUpperCase(),
        path,
      })),
    );
  }

  /** The schema itself, where one only refers to another. */
  resolved(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : this.resolved(this.json.components.schemas[name]);
  }

  /** What a schema of this document has against a value, a line each. */
  problems(schema: Schema, value: unknown): ReadonlyArray<string> {
    const { $ref } = schema;
    const validate = $ref === undefined ? this.ajv.compile(schema) : this.ajv.getSchema(`document${$ref}`)!;
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
}

/** How a test names an operation. */
export const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method} ${path}`;

/** `/calls/{id}` of these parameters. */
export const pathOf = (path: string, parameters: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name]!));
