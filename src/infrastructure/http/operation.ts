import { applyDecorators, HttpCode, RequestMapping, RequestMethod } from '@nestjs/common';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Mixed, TypeOf } from 'io-ts';
import type { ViewName } from '../../application/ports/views.js';
import type { RecordType } from '../../domain/kernel/codec.js';
import type { DomainErrors } from '../../domain/kernel/errors.js';

// oxlint-disable-next-line no-explicit-any -- any record of fields
type Fields = RecordType<any, any>;

/** What an operation is asked and answers: the one source of its validation and of its part of the OpenAPI document. */
export interface OperationSpec {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With parameters as `:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: Fields;
  readonly query?: Fields;
  readonly body?: Fields;
  /** The same body as CSV: what the text says, decoded by `body`'s codec, or all that is wrong with it. */
  readonly csv?: (text: string) => Either<DomainErrors, unknown>;
  /** The largest body, in bytes, where it is larger than that of others. */
  readonly bodyLimit?: number;
  readonly success: {
    readonly status: 200 | 201 | 202;
    readonly description: string;
    /** JSON of this codec, or bytes of this media type. */
    readonly body: Mixed | { readonly mediaType: string };
  };
  /** Changes something: needs an Idempotency-Key, answers with the position of the write. */
  readonly command?: true;
  /** Honours If-Match. */
  readonly ifMatch?: true;
  /** Answers with the revision of what was read as ETag, for an If-Match. */
  readonly etag?: true;
  /** Reads this view, and can wait for it. */
  readonly view?: ViewName;
  /** Needs no token. */
  readonly open?: true;
}

const SPEC = Symbol('operation');

const methods = {
  get: RequestMethod.GET,
  post: RequestMethod.POST,
  put: RequestMethod.PUT,
  delete: RequestMethod.DELETE,
} as const;

/** Keeps the exact type of a specification, from which a handler's input is typed. */
export const operation = <S extends OperationSpec>(spec: S): S => spec;

/** Makes a controller's method the handler of an operation. */
export const Handles = (spec: OperationSpec): MethodDecorator =>
  applyDecorators(
    RequestMapping({ path: spec.path, method: methods[spec.method] }),
    HttpCode(spec.success.status),
    (_target: object, _key: string | symbol, descriptor: PropertyDescriptor) => {
      Reflect.defineMetadata(SPEC, spec, descriptor.value);
    },
  );

// oxlint-disable-next-line no-unsafe-function-type -- as Nest gives it
export const specOf = (handler: Function): OperationSpec | undefined => Reflect.getMetadata(SPEC, handler);

/** The operations of controllers, in their order. */
export const operationsOf = (controllers: ReadonlyArray<new (...args: never[]) => object>) =>
  controllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype)
      .map((name) => specOf(controller.prototype[name]))
      .filter((spec) => spec !== undefined),
  );

type Decoded<F> = F extends Mixed ? TypeOf<F> : Readonly<Record<never, never>>;

/** What a handler gets of a request, decoded. */
export interface InputOf<S extends OperationSpec> {
  readonly params: Decoded<S['params']>;
  readonly query: Decoded<S['query']>;
  readonly body: Decoded<S['body']>;
}
