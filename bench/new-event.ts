import { randomUUID } from 'node:crypto';
import type { EventId, NewEvent } from '../src/application/ports/event-store.js';
import type { Actor } from '../src/domain/kernel/actor.js';
import { instant } from '../src/domain/kernel/time.js';

/** About 0.9 kB as stored: what an inquiry takes, metadata included. */
export const newEvent = (): NewEvent => {
  const id = randomUUID();
  const actor = { subject: 'op-0012', role: 'operator', department: 'call-centre' } as Actor;
  return {
    id: id as EventId,
    type: 'InquiryRecorded',
    content: {
      _tag: 'plain',
      data: {
        summary: '粗大ごみの出し方と、申し込みから収集までにかかる日数について問い合わせがあった。',
        answer: '申込先と手数料の納付方法を案内し、収集日は申し込みのときに決まることを伝えた。',
        category: 'gomi-recycle',
        department: 'gomi-genryo',
        relatedDepartments: ['kankyo-seisaku'],
        handling: 'answered',
        receivedAt: '2026-04-01T00:30:00.000Z',
      },
    },
    metadata: {
      actor,
      commandId: id,
      commandDigest: '0f'.repeat(32),
      causation: id,
      correlation: id,
      occurredAt: instant(Date.UTC(2026, 3, 1)),
      schemaVersion: 1,
    },
  };
};
