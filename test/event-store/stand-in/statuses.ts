import { status } from '@grpc/grpc-js';
import type { Status } from './call.js';

/** Another node of the cluster. */
export interface Leader {
  readonly host: string;
  readonly port: number;
}

export const streamDeleted = (stream: string): Status => ({
  code: status.FAILED_PRECONDITION,
  message: `Event stream '${stream}' is deleted.`,
  trailers: { exception: 'stream-deleted', 'stream-name': stream },
});

export const wrongExpectedVersion = (operation: string, stream: string, expected: number, actual: number): Status => ({
  code: status.FAILED_PRECONDITION,
  message: `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
  trailers: {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    'actual-version': String(actual),
  },
});

export const maximumAppendSizeExceeded = (size: number): Status => ({
  code: status.INVALID_ARGUMENT,
  message: `Maximum Append Size of ${size} Exceeded.`,
  trailers: { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(size) },
});

export const unexpectedResult = (result: 'ReadStreamResult' | 'ReadAllResult'): Status => ({
  code: status.UNKNOWN,
  message: `Unexpected ${result}: Error`,
});

/** Whatever the real server throws and does not name. */
export const handlerThrew: Status = { code: status.UNKNOWN, message: 'Exception was thrown by handler.' };

export const consumerTooSlow: Status = {
  code: status.ABORTED,
  message: 'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
};

export const notLeader = ({ host, port }: Leader): Status => ({
  code: status.NOT_FOUND,
  message: 'Leader info available',
  trailers: { exception: 'not-leader', 'leader-endpoint-host': host, 'leader-endpoint-port': String(port) },
});

export const notReady: Status = { code: status.UNAVAILABLE, message: 'Server Is Not Ready' };

export const accessDenied: Status = {
  code: status.PERMISSION_DENIED,
  message: 'Access Denied',
  trailers: { exception: 'access-denied' },
};

export const unauthenticated: Status = { code: status.UNAUTHENTICATED, message: 'Unauthenticated' };

export const deadlineExceeded: Status = { code: status.DEADLINE_EXCEEDED, message: 'Timeout' };
