import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { EraseContact } from '../../src/application/erasure/erase-contact.js';
import { AcknowledgeCallback, AnswerCallback, RecordInquiry } from '../../src/application/inquiry/commands.js';
import { DiscloseContact } from '../../src/application/inquiry/disclose-contact.js';
import { RequestCallback } from '../../src/application/inquiry/request-callback.js';
import { CompleteErasures } from '../../src/application/reactions/complete-erasures.js';
import { IncompleteFacts } from '../../src/application/reactions/incomplete-facts.js';
import { streamName, type RecordedEvent } from '../../src/application/ports/event-store.js';
import { ReplayStream } from '../../src/application/audit/replay-stream.js';
import { inquiry as inquiryAggregate } from '../../src/domain/inquiry/inquiry.js';
import { epochMs, instant } from '../../src/domain/kernel/time.js';
import { callbackRequest, inquiryOutOfScope } from './samples.js';
import { World } from './world.js';

const withInquiry = async () => {
  const world = await World.create();
  const inquiry = randomUUID();
  await world.done(new RecordInquiry(inquiry, inquiryOutOfScope, world.by('operator')));
  return { world, inquiry };
};

const withCallback = async () => {
  const { world, inquiry } = await withInquiry();
  await world.done(new RequestCallback(inquiry, callbackRequest, world.by('operator')));
  return { world, inquiry };
};

const last = async (world: World, type: string): Promise<RecordedEvent> =>
  (await world.events()).findLast((event) => event.type === type)!;

const disclose = (inquiry: string, world: World, who: keyof World['actors']) =>
  new DiscloseContact(inquiry, { purpose: 'callback' }, world.by(who));

describe('a callback (S5, S6)', () => {
  test('stores the contact details sealed, and first', async () => {
    const { world } = await withCallback();
    const [collected, requested] = (await world.events()).slice(-2);
    expect([collected?.type, requested?.type]).toEqual(['ContactCollected', 'CallbackRequested']);
    expect(collected?.content._tag).toBe('sealed');
    expect(JSON.stringify(requested)).not.toContain('架空');
  });

  test('refused stores neither half', async () => {
    const { world, inquiry } = await withInquiry();
    world.calendar.closed = false;
    const before = await world.events();
    const refused = { ...callbackRequest, requestedByCitizen: false };
    expect(await world.codes(new RequestCallback(inquiry, refused, world.by('operator')))).toEqual([
      'not_requested',
      'office_open',
    ]);
    expect(await world.events()).toEqual(before);
  });

  test('goes its way: acknowledged, opened, answered by its department only', async () => {
    const { world, inquiry } = await withCallback();
    expect(await world.codes(new AcknowledgeCallback(inquiry, {}, world.by('tax')))).toEqual(['other_department']);
    await world.done(new AcknowledgeCallback(inquiry, {}, world.by('welfare')));
    expect(await world.codes(disclose(inquiry, world, 'tax'))).toEqual(['other_department']);
    expect(await world.codes(disclose(inquiry, world, 'operator'))).toEqual(['role_not_entitled']);
    const { content } = await world.done(disclose(inquiry, world, 'welfare'));
    expect(content).toEqual(callbackRequest.contact);
    await world.done(new AnswerCallback(inquiry, { answeredAt: world.clock.now() }, world.by('welfare')));
    const disclosure = await last(world, 'ContactDisclosed');
    expect(disclosure.metadata.actor.subject).toBe('ds-0001');
  });

  test('a disclosure repeated much later is refused: each look is recorded', async () => {
    const { world, inquiry } = await withCallback();
    const look = disclose(inquiry, world, 'welfare');
    await world.done(look);
    world.clock.hold(instant(epochMs(world.clock.now()) + 16 * 60_000));
    expect(await world.codes(look)).toEqual(['disclosure_over']);
  });
});

describe('erasing contact details (S7)', () => {
  const erased = async () => {
    const { world, inquiry } = await withCallback();
    await world.done(new EraseContact(inquiry, { reason: 'citizen-request' }, world.by('manager')));
    await world.get(CompleteErasures).react(await last(world, 'ContactErasureBegun'));
    return { world, inquiry };
  };

  test('is the manager’s, and when due only when due', async () => {
    const { world, inquiry } = await withCallback();
    const erase = (who: keyof World['actors'], reason: 'retention-due' | 'citizen-request') =>
      new EraseContact(inquiry, { reason }, world.by(who));
    expect(await world.codes(erase('welfare', 'citizen-request'))).toEqual(['role_not_entitled']);
    expect(await world.codes(erase('manager', 'retention-due'))).toEqual(['not_due']);
    world.clock.hold(instant(epochMs(world.clock.now()) + 367 * 86_400_000));
    expect(await world.codes(erase('manager', 'retention-due'))).toEqual([]);
  });

  test('destroys the key, and the inquiry tells of it', async () => {
    const { world, inquiry } = await erased();
    const { state } = await world.aggregates.load(inquiryAggregate, inquiry);
    expect(state).toMatchObject({ callback: { contactErased: true } });
    expect(await world.codes(disclose(inquiry, world, 'welfare'))).toEqual(['contact_erased']);
  });

  test('leaves a history that replays and says erased, to everyone', async () => {
    const { world } = await erased();
    const { stream } = await last(world, 'ContactCollected');
    const replayed = await world.queries.execute(new ReplayStream(stream, world.actors.auditor, {}));
    expect(E.isRight(replayed) && replayed.right.map(({ type, content }) => [type, content._tag])).toEqual([
      ['ContactCollected', 'erased'],
      ['ContactErasureBegun', 'erased'],
    ]);
  });

  test('reacting again, as after a crash between its steps, changes nothing', async () => {
    const { world } = await erased();
    const before = await world.events();
    await world.get(CompleteErasures).react(await last(world, 'ContactErasureBegun'));
    expect(await world.events()).toEqual(before);
  });

  test('the reaction completes what a crash left after the key was gone', async () => {
    const { world, inquiry } = await withCallback();
    await world.done(new EraseContact(inquiry, { reason: 'citizen-request' }, world.by('manager')));
    const fence = await last(world, 'ContactErasureBegun');
    await world.keys.erase(fence.stream, {
      by: world.actors.manager,
      at: world.clock.now(),
      reason: 'citizen-request',
    });
    await world.get(CompleteErasures).react(fence);
    expect((await last(world, 'ContactErased')).content).toMatchObject({ data: { reason: 'citizen-request' } });
  });

  test('an auditor sees that there is content, and not which', async () => {
    const { world } = await withCallback();
    const { stream } = await last(world, 'ContactCollected');
    const replayed = await world.queries.execute(new ReplayStream(stream, world.actors.auditor, {}));
    expect(E.isRight(replayed) && replayed.right.map(({ content }) => content)).toEqual([{ _tag: 'withheld' }]);
    expect(E.isLeft(await world.queries.execute(new ReplayStream(stream, world.actors.operator, {})))).toBe(true);
  });
});

describe('a half that stays alone', () => {
  /** The crash: only the sealed half is on disk. */
  const alone = async () => {
    const { world, inquiry } = await withInquiry();
    const request = world.by('operator');
    const append = world.store.append.bind(world.store);
    world.store.append = (stream, expected, events) =>
      stream === streamName('inquiry', inquiry)
        ? () => Promise.reject(new Error('killed'))
        : append(stream, expected, events);
    const command = new RequestCallback(inquiry, callbackRequest, request);
    await expect(world.send(command)).rejects.toThrow('killed');
    world.store.append = append;
    return { world, inquiry, command };
  };

  test('is completed by a repeat', async () => {
    const { world, command } = await alone();
    await world.done(command);
    expect(await world.counts()).toMatchObject({ ContactCollected: 1, CallbackRequested: 1 });
    await world.get(IncompleteFacts).react(await last(world, 'ContactCollected'));
    expect(await world.counts()).not.toHaveProperty('ContactErasureBegun');
  });

  test('is erased when no repeat comes; a repeat after that is refused', async () => {
    const { world, command } = await alone();
    await world.get(IncompleteFacts).react(await last(world, 'ContactCollected'));
    await world.get(CompleteErasures).react(await last(world, 'ContactErasureBegun'));
    const { stream } = await last(world, 'ContactCollected');
    expect((await world.keys.find(stream, { actor: world.actors.manager, purpose: 'callback' }))._tag).toBe('erased');
    expect(await world.codes(command)).toEqual(['erased']);
    expect(await world.counts()).not.toHaveProperty('CallbackRequested');
  });
});

test('the office calendar’s verdict and version stand in the event', async () => {
  const { world } = await withCallback();
  expect((await last(world, 'CallbackRequested')).content).toMatchObject({
    data: { office: { closed: true, reason: 'night', calendar: 'test' } },
  });
});
