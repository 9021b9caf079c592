import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createdId } from '../../../application/aggregates/ids.js';
import { AnswerCall, EndCall } from '../../../application/call/commands.js';
import { DiscloseNumbers } from '../../../application/call/disclose-numbers.js';
import { CallWithNumbers, StartCall } from '../../../application/call/start-call.js';
import * as Use from '../../../application/consent/commands.js';
import { EraseNumbers } from '../../../application/erasure/erase-numbers.js';
import { EraseRequest } from '../../../application/erasure/erase-request.js';
import * as Call from '../../../domain/call/commands.js';
import { CallerNumbers } from '../../../domain/caller/events.js';
import * as Consent from '../../../domain/consent/commands.js';
import { record } from '../../../domain/kernel/codec.js';
import { CallId } from '../../../domain/kernel/ids.js';
import { Done } from '../answer.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';

const tag = 'Calls and consent';
const command = { tag, params: record('CallPath', { id: CallId }), method: 'post', command: true } as const;
const done = { status: 200, description: 'Done.', body: Done } as const;

const start = operation({
  method: 'post',
  path: '/calls',
  tag,
  summary: 'A call began (K1); its numbers are sealed (K2)',
  body: CallWithNumbers,
  command: true,
  success: { status: 201, description: 'Both halves are on disk.', body: Done },
});
const answer = operation({
  ...command,
  path: '/calls/:id/answer',
  summary: 'The call was answered',
  body: Call.AnswerCall,
  success: done,
});
const end = operation({
  ...command,
  path: '/calls/:id/end',
  summary: 'The call ended',
  body: Call.EndCall,
  success: done,
});
const disclose = operation({
  ...command,
  path: '/calls/:id/number-disclosures',
  summary: 'Open both numbers; who opened them is on disk before they leave',
  body: Call.DiscloseNumbers,
  success: {
    status: 201,
    description: 'The numbers, and the record of their disclosure.',
    body: record('DisclosedNumbers', { ...Done.required, content: CallerNumbers }),
  },
});
const erase = operation({
  ...command,
  path: '/calls/:id/number-erasure',
  summary: 'Have the numbers erased: their key is destroyed',
  body: EraseRequest,
  success: { status: 202, description: 'The fence stands; the key is destroyed behind it.', body: Done },
});
const announce = operation({
  ...command,
  path: '/calls/:id/consent/announce',
  summary: 'The recording was announced to the caller (K3)',
  body: Consent.AnnounceRecording,
  success: done,
});
const decline = operation({
  ...command,
  path: '/calls/:id/consent/decline',
  summary: 'The caller declined to be recorded',
  body: Consent.DeclineRecording,
  success: done,
});
const withdraw = operation({
  ...command,
  path: '/calls/:id/consent/withdraw',
  summary: 'The caller withdrew their consent afterwards',
  body: Consent.WithdrawConsent,
  success: done,
});
const exempt = operation({
  ...command,
  path: '/calls/:id/consent/exempt',
  summary: 'No announcement was needed: an emergency was declared (K3)',
  success: done,
});

@Controller()
export class CallsController {
  constructor(private readonly bus: CommandBus) {}

  @Handles(start)
  start(@Input() { body, request }: Input & InputOf<typeof start>) {
    return this.bus.execute(new StartCall(createdId(request.commandId, 'call'), body, request));
  }

  @Handles(answer)
  answer(@Input() { params, body, request }: Input & InputOf<typeof answer>) {
    return this.bus.execute(new AnswerCall(params.id, body, request));
  }

  @Handles(end)
  end(@Input() { params, body, request }: Input & InputOf<typeof end>) {
    return this.bus.execute(new EndCall(params.id, body, request));
  }

  @Handles(disclose)
  disclose(@Input() { params, body, request }: Input & InputOf<typeof disclose>) {
    return this.bus.execute(new DiscloseNumbers(params.id, body, request));
  }

  @Handles(erase)
  erase(@Input() { params, body, request }: Input & InputOf<typeof erase>) {
    return this.bus.execute(new EraseNumbers(params.id, body, request));
  }

  @Handles(announce)
  announce(@Input() { params, body, request }: Input & InputOf<typeof announce>) {
    return this.bus.execute(new Use.AnnounceRecording(params.id, body, request));
  }

  @Handles(decline)
  decline(@Input() { params, body, request }: Input & InputOf<typeof decline>) {
    return this.bus.execute(new Use.DeclineRecording(params.id, body, request));
  }

  @Handles(withdraw)
  withdraw(@Input() { params, body, request }: Input & InputOf<typeof withdraw>) {
    return this.bus.execute(new Use.WithdrawConsent(params.id, body, request));
  }

  @Handles(exempt)
  exempt(@Input() { params, request }: Input & InputOf<typeof exempt>) {
    return this.bus.execute(new Use.ExemptAnnouncement(params.id, {}, request));
  }
}
