import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, sendProblem, unreadProblem } from './problem.js';

/** An address that the router cannot read: its own answer would repeat the address. */
export const refuseAddress = ({ statusCode }: FastifyError, _request: FastifyRequest, reply: FastifyReply): void =>
  sendProblem(reply, unreadProblem(statusCode ?? 400)!);

const statuses: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Bytes that are no HTTP request, or one whose head is too large or too slow. */
export const refuseBytes = ({ code }: { readonly code: string }, socket: Socket): void => {
  if (code === 'ECONNRESET' || !socket.writable) return;
  const problem = unreadProblem(statuses[code] ?? 400)!;
  const body = JSON.stringify(problem.body());
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
