import { randomUUID } from 'node:crypto';
import { connect } from 'node:http2';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import featuresRpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streamsRpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, started } from './kit.js';
import { streamIdentifier } from './recorded-event.js';

const { Empty, UUID } = shared;
const { AppendReq, BatchAppendReq, DeleteReq, ReadReq, TombstoneReq } = streams;

const empty = new Empty();

/** The calls themselves, without what the client makes of them. */
const wired = async () => {
  const standIn = await started();
  const client = new streamsRpc.StreamsClient(new URL(standIn.url).host, credentials.createInsecure());
  onTestFinished(() => client.close());
  return { standIn, client };
};
type Client = Awaited<ReturnType<typeof wired>>['client'];

const message = (id: string = randomUUID(), metadata: Record<string, string> = {}) => {
  const proposed = new BatchAppendReq.ProposedMessage().setId(new UUID().setString(id)).setData(Buffer.from('{"a":1}'));
  const described = { type: 'Noted', 'content-type': 'application/json', ...metadata };
  for (const [key, value] of Object.entries(described)) proposed.getMetadataMap().set(key, value);
  return proposed;
};

const chunk = (id: string, messages: ReadonlyArray<streams.BatchAppendReq.ProposedMessage>, isFinal = true) =>
  new BatchAppendReq()
    .setCorrelationId(new UUID().setString(id))
    .setProposedMessagesList([...messages])
    .setIsFinal(isFinal);

const toStream = (stream: string, expected: number | 'any') => {
  const options = new BatchAppendReq.Options().setStreamIdentifier(streamIdentifier(stream));
  return expected === 'any' ? options.setAny(empty) : options.setStreamPosition(String(expected));
};

/** Sends requests of BatchAppend, and gives the first so many answers. */
const batchAppend = (client: Client, requests: ReadonlyArray<streams.BatchAppendReq>, answers = 1) =>
  new Promise<streams.BatchAppendResp[]>((resolve, reject) => {
    const got: streams.BatchAppendResp[] = [];
    const call = client.batchAppend();
    call.on('error', reject);
    call.on('data', (answer: streams.BatchAppendResp) => {
      if (got.push(answer) === answers) resolve(got);
    });
    for (const request of requests) call.write(request);
    call.on('end', () => resolve(got));
    call.end();
  });

const fill = async (client: Client, stream: string, count: number) => {
  const request = chunk(
    randomUUID(),
    Array.from({ length: count }, () => message()),
  ).setOptions(toStream(stream, 'any'));
  const [answer] = await batchAppend(client, [request]);
  return answer!.getSuccess()!;
};

const streamOptions = (stream: string) => {
  const asked = new ReadReq.Options.StreamOptions().setStreamIdentifier(streamIdentifier(stream));
  return new ReadReq.Options().setStream(asked.setStart(empty)).setCount('1000').setNoFilter(empty);
};

const allOptions = () =>
  new ReadReq.Options().setAll(new ReadReq.Options.AllOptions().setStart(empty)).setCount('1000').setNoFilter(empty);

/** All messages of a read, and how it ended. */
const read = (client: Client, options: streams.ReadReq.Options) =>
  new Promise<{ readonly messages: streams.ReadResp[]; readonly error?: ServiceError }>((resolve) => {
    const messages: streams.ReadResp[] = [];
    client
      .read(new ReadReq().setOptions(options))
      .on('data', (answer: streams.ReadResp) => messages.push(answer))
      .on('error', (error: Error) => resolve({ messages, error: error as ServiceError }))
      .on('end', () => resolve({ messages }));
  });

const kinds = (messages: ReadonlyArray<streams.ReadResp>) => {
  const { ContentCase } = streams.ReadResp;
  return messages.map(
    (answer) => Object.entries(ContentCase).find(([, value]) => value === answer.getContentCase())![0],
  );
};

const ended = (call: (done: (error: ServiceError | null) => void) => void) =>
  new Promise<ServiceError | null>((resolve) => {
    call(resolve);
  });

describe('on the wire', () => {
  test('says what the server supports', async () => {
    const { standIn } = await wired();
    const client = new featuresRpc.ServerFeaturesClient(new URL(standIn.url).host, credentials.createInsecure());
    onTestFinished(() => client.close());
    const answer = await new Promise<serverFeatures.SupportedMethods>((resolve, reject) => {
      client.getSupportedMethods(empty, (error, methods) => (error === null ? resolve(methods) : reject(error)));
    });
    expect(answer.getEventStoreServerVersion()).toBe('23.10.8');
    expect(
      answer
        .getMethodsList()
        .map((method) => [method.getServiceName(), method.getMethodName(), method.getFeaturesList()]),
    ).toEqual(
      [
        ['read', ['position', 'events']],
        ['append', []],
        ['delete', []],
        ['tombstone', []],
        ['batchappend', ['deadline_duration']],
      ].map(([method, features]) => ['event_store.client.streams.streams', method, features]),
    );
  });

  test('tells clients of a hundred calls at once', async () => {
    const { standIn } = await wired();
    const session = connect(`http://${new URL(standIn.url).host}`);
    onTestFinished(() => session.destroy());
    const settings = await new Promise<{ maxConcurrentStreams?: number }>((resolve) => {
      session.once('remoteSettings', resolve);
    });
    expect(settings.maxConcurrentStreams).toBe(100);
  });

  test('bears that clients break off call after call', async () => {
    const { client, standIn } = await wired();
    await fill(client, 'stream', 3);
    const brokenOff = () =>
      new Promise<number>((resolve) => {
        const call = client.read(new ReadReq().setOptions(streamOptions('stream')));
        call.once('data', () => call.cancel());
        call.on('error', ({ code }: ServiceError) => resolve(code));
      });
    // More than Node itself would take for the same client within a second.
    for (let n = 0; n < 24; n++)
      expect(new Set(await Promise.all(Array.from({ length: 50 }, brokenOff)))).toEqual(new Set([status.CANCELLED]));
    await eventually(() => expect(standIn.openCalls).toBe(0));
  });

  test('knows no other service', async () => {
    const { client } = await wired();
    const error = await ended((done) =>
      client.makeUnaryRequest(
        '/event_store.client.users.Users/Details',
        (x: Buffer) => x,
        (x) => x,
        Buffer.of(),
        done,
      ),
    );
    expect(error).toMatchObject({ code: 12 });
  });
});

describe('BatchAppend on the wire', () => {
  test('answers each append with its correlation id, when its last chunk is in', async () => {
    const { client, standIn } = await wired();
    const [one, two, never] = [randomUUID(), randomUUID(), randomUUID()];
    const answers = await batchAppend(
      client,
      [
        chunk(one, [message()], false).setOptions(toStream('one', 'any')),
        chunk(never, [message()], false).setOptions(toStream('never', 'any')),
        chunk(two, [message()]).setOptions(toStream('two', 'any')),
        chunk(one, [message(), message()]),
      ],
      3,
    );
    expect(answers.map((answer) => answer.getCorrelationId()?.getString())).toEqual([two, one]);
    const [, answer] = answers;
    expect(Buffer.from(answer!.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe('one');
    expect(answer!.getExpectedStreamPositionCase()).toBe(0);
    const success = answer!.getSuccess()!;
    expect(success.getCurrentRevision()).toBe('2');
    expect(success.getPosition()!.toObject()).toEqual({
      commitPosition: String(standIn.log.head),
      preparePosition: String(standIn.log.head),
    });
    expect(standIn.log.stream('never')).toBeUndefined();
  });

  test('packs the details of a conflict', async () => {
    const { client } = await wired();
    await fill(client, 'stream', 3);
    const [answer] = await batchAppend(client, [chunk(randomUUID(), [message()]).setOptions(toStream('stream', 7))]);
    const error = answer!.getError()!;
    expect([error.getCode(), error.getMessage()]).toEqual([6, 'WrongExpectedVersion']);
    expect(error.getDetails()!.getTypeUrl()).toBe('type.googleapis.com/event_store.client.WrongExpectedVersion');
    const details = shared.WrongExpectedVersion.deserializeBinary(error.getDetails()!.getValue_asU8());
    expect([details.getCurrentStreamRevision(), details.getExpectedStreamPosition()]).toEqual(['2', '7']);
  });

  test('serves an append whose deadline is over', async () => {
    const { client } = await wired();
    const late = toStream('stream', 'any').setDeadline();
    const [answer] = await batchAppend(client, [chunk(randomUUID(), [message()]).setOptions(late)]);
    expect(answer!.hasSuccess()).toBe(true);
  });

  test.for([
    ['an id that is no UUID', message('7')],
    ['an empty type', message(undefined, { type: '' })],
  ] as const)('refuses %s, and only that append', async ([, bad]) => {
    const { client } = await wired();
    const [refused, served] = await batchAppend(
      client,
      [
        chunk(randomUUID(), [bad]).setOptions(toStream('stream', 'any')),
        chunk(randomUUID(), [message()]).setOptions(toStream('stream', 'any')),
      ],
      2,
    );
    const error = refused!.getError()!;
    expect([error.getCode(), error.getMessage()]).toEqual([3, 'BadRequest']);
    expect(error.getDetails()!.getTypeUrl()).toBe('type.googleapis.com/event_store.client.BadRequest');
    expect(served!.getSuccess()!.getCurrentRevision()).toBe('0');
  });

  test('refuses an event without a content type', async () => {
    const { client } = await wired();
    const bad = message();
    bad.getMetadataMap().del('content-type');
    const [answer] = await batchAppend(client, [chunk(randomUUID(), [bad]).setOptions(toStream('stream', 'any'))]);
    expect(answer!.getError()!.getMessage()).toBe('BadRequest');
  });
});

describe('Append on the wire', () => {
  test('answers a conflict in its response', async () => {
    const { client } = await wired();
    await fill(client, 'stream', 2);
    const answer = await new Promise<streams.AppendResp>((resolve, reject) => {
      const call = client.append((error, response) => (error === null ? resolve(response) : reject(error)));
      const options = new AppendReq.Options().setStreamIdentifier(streamIdentifier('stream'));
      call.write(new AppendReq().setOptions(options.setNoStream(empty)));
      call.write(
        new AppendReq().setProposedMessage(AppendReq.ProposedMessage.deserializeBinary(message().serializeBinary())),
      );
      call.end();
    });
    expect(answer.getWrongExpectedVersion()).toBeDefined();
    expect(answer.getWrongExpectedVersion()!.getCurrentRevision()).toBe('1');
    expect(answer.getWrongExpectedVersion()!.hasExpectedNoStream()).toBe(true);
  });
});

describe('Read on the wire', () => {
  test('ends a stream with its last revision', async () => {
    const { client } = await wired();
    await fill(client, 'stream', 6);
    const whole = await read(client, streamOptions('stream'));
    expect(kinds(whole.messages)).toEqual([...Array.from({ length: 6 }, () => 'EVENT'), 'LAST_STREAM_POSITION']);
    const stopped = await read(client, streamOptions('stream').setCount('2'));
    expect(kinds(stopped.messages)).toEqual(['EVENT', 'EVENT', 'LAST_STREAM_POSITION']);
    const options = streamOptions('stream');
    options.getStream()!.setRevision('99');
    const beyond = await read(client, options);
    expect(kinds(beyond.messages)).toEqual(['FIRST_STREAM_POSITION', 'LAST_STREAM_POSITION']);
    expect(beyond.messages[0]!.getFirstStreamPosition()).toBe('6');
    expect(beyond.messages[1]!.getLastStreamPosition()).toBe('5');
    expect(beyond.error).toBeUndefined();
  });

  test('says of a missing stream that it is not found, without an error', async () => {
    const { client } = await wired();
    const { messages, error } = await read(client, streamOptions('無い'));
    expect(kinds(messages)).toEqual(['STREAM_NOT_FOUND']);
    const name = messages[0]!.getStreamNotFound()!.getStreamIdentifier()!.getStreamName_asU8();
    expect(Buffer.from(name).toString()).toBe('無い');
    expect(error).toBeUndefined();
  });

  test('gives an event with all that belongs to it', async () => {
    const { client, standIn } = await wired();
    const before = Date.now();
    await fill(client, 'stream', 1);
    const [{ messages }] = [await read(client, streamOptions('stream'))];
    const wrapper = messages[0]!.getEvent()!;
    const event = wrapper.getEvent()!;
    const stored = standIn.log.all.at(-1)!;
    expect(event.getId()!.getString()).toBe(stored.id);
    expect(event.getStreamRevision()).toBe('0');
    for (const position of [event.getCommitPosition(), event.getPreparePosition(), wrapper.getCommitPosition()])
      expect(position).toBe(String(stored.position));
    expect(Buffer.from(event.getData_asU8()).toString()).toBe('{"a":1}');
    const metadata = Object.fromEntries(event.getMetadataMap().toArray());
    expect(metadata).toMatchObject({ type: 'Noted', 'content-type': 'application/json' });
    expect(Number(metadata['created']) / 10_000).toBeGreaterThanOrEqual(before - 1);
    expect(metadata['created']).toMatch(/^\d{17}$/);
  });

  test('begins $all with an event of the server, and goes on in uneven steps', async () => {
    const { client } = await wired();
    for (const stream of ['a', 'longer-name']) await fill(client, stream, 3);
    const { messages } = await read(client, allOptions());
    const [first] = messages;
    expect(Buffer.from(first!.getEvent()!.getEvent()!.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe(
      '$$$scavenges',
    );
    expect(first!.getEvent()!.getCommitPosition()).toBe('548');
    const positions = messages.map((answer) => Number(answer.getEvent()!.getCommitPosition()));
    const steps = positions.slice(1).map((position, n) => position - positions[n]!);
    expect(Math.min(...steps)).toBeGreaterThan(50);
    expect(new Set(steps).size).toBeGreaterThan(2);
  });

  test.for(['read', 'subscription'] as const)('refuses an unknown position: %s', async (how) => {
    const { client } = await wired();
    await fill(client, 'stream', 1);
    const position = new ReadReq.Options.Position().setCommitPosition('549').setPreparePosition('549');
    const options = allOptions().setAll(new ReadReq.Options.AllOptions().setPosition(position));
    if (how === 'subscription') options.setSubscription(new ReadReq.Options.SubscriptionOptions());
    const details = how === 'read' ? 'Unexpected ReadAllResult: Error' : 'Exception was thrown by handler.';
    expect(await read(client, options)).toMatchObject({ messages: [], error: { code: 2, details } });
  });

  test.for([
    ['names that begin so', 'stream', { prefix: ['b-', 'c-'] }, ['b-1', 'b-2']],
    ['names that match', 'stream', { regex: '^[ab]-1$' }, ['a-1', 'b-1']],
    ['types that begin so', 'type', { prefix: ['No'] }, ['a-1', 'b-1', 'b-2']],
    ['types that match', 'type', { regex: '^[^$].*' }, ['a-1', 'b-1', 'b-2']],
  ] as const)(
    'filters %s',
    async ([, by, { prefix = [], regex = '' }, wanted]: readonly [
      string,
      'stream' | 'type',
      { prefix?: ReadonlyArray<string>; regex?: string },
      ReadonlyArray<string>,
    ]) => {
      const { client } = await wired();
      for (const stream of ['a-1', 'b-1', 'b-2']) await fill(client, stream, 1);
      const expression = new ReadReq.Options.FilterOptions.Expression().setRegex(regex).setPrefixList([...prefix]);
      const filter = new ReadReq.Options.FilterOptions().setCount(empty);
      const options = allOptions().setFilter(
        by === 'stream' ? filter.setStreamIdentifier(expression) : filter.setEventType(expression),
      );
      const { messages } = await read(client, options);
      expect(
        messages.map((answer) =>
          Buffer.from(answer.getEvent()!.getEvent()!.getStreamIdentifier()!.getStreamName_asU8()).toString(),
        ),
      ).toEqual(wanted);
    },
  );
});

describe('a filtered subscription on the wire', () => {
  test.for([
    [1, 70],
    [undefined, 2],
  ] as const)(
    'with a window of %s says %i times how far it is in 70 events that do not match',
    async ([max, times]) => {
      const { client } = await wired();
      const expression = new ReadReq.Options.FilterOptions.Expression().setPrefixList(['none']);
      const filter = new ReadReq.Options.FilterOptions()
        .setStreamIdentifier(expression)
        .setCheckpointintervalmultiplier(1);
      const options = allOptions()
        .setAll(new ReadReq.Options.AllOptions().setEnd(empty))
        .setSubscription(new ReadReq.Options.SubscriptionOptions())
        .setFilter(max === undefined ? filter.setCount(empty) : filter.setMax(max));
      const got: streams.ReadResp[] = [];
      const call = client.read(new ReadReq().setOptions(options), new Metadata());
      call.on('data', (answer: streams.ReadResp) => got.push(answer)).on('error', () => undefined);
      await eventually(() => expect(kinds(got)).toEqual(['CONFIRMATION', 'CAUGHT_UP']));
      const success = await fill(client, 'other', 70);
      await eventually(() => expect(got).toHaveLength(2 + times));
      expect(new Set(kinds(got.slice(2)))).toEqual(new Set(['CHECKPOINT']));
      if (max === 1)
        expect(got.at(-1)!.getCheckpoint()!.getCommitPosition()).toBe(success.getPosition()!.getCommitPosition());
      call.cancel();
    },
  );

  test.for([
    [1, 70],
    [undefined, 2],
  ] as const)('with a window of %s says %i times how far it is in 71 events of the past', async ([max, times]) => {
    const { client, standIn } = await wired();
    await fill(client, 'other', 70);
    const expression = new ReadReq.Options.FilterOptions.Expression().setPrefixList(['none']);
    const filter = new ReadReq.Options.FilterOptions().setStreamIdentifier(expression);
    const options = allOptions()
      .setSubscription(new ReadReq.Options.SubscriptionOptions())
      .setFilter(max === undefined ? filter.setCount(empty) : filter.setMax(max));
    const got: streams.ReadResp[] = [];
    const call = client.read(new ReadReq().setOptions(options));
    call.on('data', (answer: streams.ReadResp) => got.push(answer)).on('error', () => undefined);
    await eventually(() => expect(kinds(got).at(-1)).toBe('CAUGHT_UP'));
    const told = got.filter((answer) => answer.hasCheckpoint()).map((answer) => answer.getCheckpoint()!);
    expect(told).toHaveLength(times);
    // Nothing matches: a checkpoint says where the window began, which is no progress at all at first.
    expect(told[0]!.toObject()).toEqual({ commitPosition: '0', preparePosition: '0' });
    expect(told[1]!.getCommitPosition()).toBe(String(standIn.log.all[max ?? 32]!.position));
    call.cancel();
  });
});

describe('Delete and Tombstone on the wire', () => {
  test('name both revisions of a conflict, and the stream that is deleted, in the trailers', async () => {
    const { client } = await wired();
    await fill(client, 'stream', 2);
    const deletion = new DeleteReq().setOptions(
      new DeleteReq.Options().setStreamIdentifier(streamIdentifier('stream')).setRevision('7'),
    );
    const conflict = await ended((done) => client.delete(deletion, done));
    expect(conflict).toMatchObject({
      code: 9,
      details: 'Delete failed due to WrongExpectedVersion. Stream: stream, Expected version: 7, Actual version: 1',
    });
    expect(conflict!.metadata.getMap()).toMatchObject({
      exception: 'wrong-expected-version',
      'stream-name': 'stream',
      'expected-version': '7',
      'actual-version': '1',
    });

    const tombstone = new TombstoneReq().setOptions(
      new TombstoneReq.Options().setStreamIdentifier(streamIdentifier('stream')).setAny(empty),
    );
    expect(await ended((done) => client.tombstone(tombstone, done))).toBeNull();
    const { messages, error } = await read(client, streamOptions('stream'));
    expect(messages).toEqual([]);
    expect(error).toMatchObject({ code: 9, details: "Event stream 'stream' is deleted." });
    expect(error!.metadata.getMap()).toMatchObject({ exception: 'stream-deleted', 'stream-name': 'stream' });
  });
});
