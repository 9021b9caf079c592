import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { StoreMisconfigured } from '../../src/application/ports/event-store.js';
import { KurrentDbEventStore } from '../../src/infrastructure/event-store/kurrentdb/kurrentdb-event-store.js';
import { SystemClock } from '../../src/infrastructure/system-clock.js';
import { certificates, hasOpenSsl } from '../support/certificates.js';
import { StandIn } from './stand-in/stand-in.js';
import { append, newEvents, newStream } from './synthetic-events.js';

/** A stand-in behind TLS: what comes decrypted goes on to it as it is. */
const behindTls = async () => {
  const standIn = await StandIn.start();
  onTestFinished(() => standIn.stop());
  const inner = Number(/:(\d+)\?/.exec(standIn.url)![1]);
  const { ca, key, cert } = certificates();
  const server = createServer({ key, cert, ALPNProtocols: ['h2'] }, (socket) => {
    const on = connect(inner, '127.0.0.1');
    socket.pipe(on).pipe(socket);
    for (const end of [socket, on]) end.on('error', () => void (socket.destroy(), on.destroy()));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, ca };
};

const open = async (url: string) => {
  const store = await KurrentDbEventStore.open({ url, clock: new SystemClock() });
  onTestFinished(() => store.close());
  return store;
};

test.skipIf(!hasOpenSsl)('speaks TLS with the CA of a file', async () => {
  const { address, ca } = await behindTls();
  const store = await open(`esdb://user:himitsu@${address}?tls=true&tlsCAFile=${encodeURIComponent(ca)}`);
  const stream = newStream();
  await append(store, stream, 'none', newEvents(3));
  expect(await Array.fromAsync(store.readStream(stream))).toHaveLength(3);
});

test.skipIf(!hasOpenSsl)('says at once that a certificate does not verify', async () => {
  const { address } = await behindTls();
  const began = performance.now();
  const refused = open(`esdb://user:himitsu@${address}?tls=true`);
  await expect(refused).rejects.toBeInstanceOf(StoreMisconfigured);
  await expect(refused).rejects.toThrow(/certificate/);
  await expect(refused).rejects.not.toThrow(/himitsu/);
  expect(performance.now() - began).toBeLessThan(15_000);
});
