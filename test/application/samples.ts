import type { TypeOf } from 'io-ts';
import type { CallbackRequest } from '../../src/application/inquiry/request-callback.js';
import type { RecordInquiry as RecordInquiryData } from '../../src/domain/inquiry/commands.js';
import type { Instant } from '../../src/domain/kernel/time.js';

/** All people, numbers and addresses here are invented. */
const at = (iso: string): Instant => iso as Instant;

export const inquiryOutOfScope = {
  summary: '介護保険料の算定について説明を求められた',
  answer: '担当課から後日回答することを案内した',
  category: 'kaigo',
  department: 'fukushi',
  relatedDepartments: [],
  handling: 'callback',
  receivedAt: at('2026-04-01T11:00:00.000Z'),
  scope: 'specialised',
} as unknown as TypeOf<typeof RecordInquiryData>;

export const callbackRequest = {
  requestedByCitizen: true,
  contact: {
    name: '架空 花子',
    phone: '090-0000-4321',
    address: 'みどり市架空町9-9-9',
    content: '算定の根拠を知りたい',
  },
} as unknown as TypeOf<typeof CallbackRequest>;
