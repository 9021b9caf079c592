import { status, type ServiceError } from '@grpc/grpc-js';
import {
  BadPosition,
  StoreMisconfigured,
  StoreUnavailable,
  TruncatedStream,
} from '../../../application/ports/event-store.js';

/** No answer within the time that we give a call, whatever the client's own deadline does. */
export class Silence extends Error {
  constructor(what: string, ms: number) {
    super(`no answer to ${what} within ${ms} ms`);
  }
}

const isCallError = (error: unknown): error is ServiceError =>
  error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number';

const exceptionOf = (error: unknown): string | undefined =>
  isCallError(error) ? error.metadata?.get('exception')[0]?.toString() : undefined;

/** A live subscription that fell behind is thrown out: everyday, and resumed at once. */
export const isSlowConsumer = (error: unknown): boolean => isCallError(error) && error.code === status.ABORTED;

/** What a server says of a place in its log that is none, to a read and, with less words, to a subscription. */
export const isUnknownPlace = (error: unknown): boolean =>
  isCallError(error) && error.code === status.UNKNOWN && error.details.includes('Unexpected ReadAllResult');
export const isHandlerFailure = (error: unknown): boolean =>
  isCallError(error) && error.code === status.UNKNOWN && error.details.includes('Exception was thrown by handler');

export const isDeletedStream = (error: unknown): boolean => exceptionOf(error) === 'stream-deleted';

const refusals: ReadonlySet<number> = new Set([status.UNAUTHENTICATED, status.PERMISSION_DENIED, status.UNIMPLEMENTED]);
// How OpenSSL, through gRPC, tells of a certificate that does not verify, or of a server that does not speak TLS.
const tlsTrouble = /certificate|altnames|wrong version number|unable to get (local )?issuer/i;

/** What no retry will change: access refused, a method that the server lacks, a certificate that does not verify. */
const isMisconfigured = (error: unknown): boolean =>
  error instanceof StoreMisconfigured ||
  exceptionOf(error) === 'access-denied' ||
  (isCallError(error) && (refusals.has(error.code) || tlsTrouble.test(error.details ?? error.message)));

/** The error as the port knows it. Neither event data nor credentials stand in what the client tells. */
export const portError = (error: unknown, what: string): Error => {
  if (error instanceof BadPosition || error instanceof TruncatedStream || error instanceof StoreUnavailable)
    return error;
  if (error instanceof StoreMisconfigured) return error;
  const told = error instanceof Error ? error.message : String(error);
  if (isMisconfigured(error)) return new StoreMisconfigured(`the event store refuses ${what}: ${told}`);
  return new StoreUnavailable(`the event store did not complete ${what}: ${told}`, { cause: error });
};

/** Whether trying again may help. */
export const mayPass = (error: unknown): boolean =>
  !(error instanceof BadPosition || error instanceof TruncatedStream || isMisconfigured(error));
