import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createdId } from '../../../application/aggregates/ids.js';
import {
  ApproveArticle,
  ChangeDraft,
  DiscardDraft,
  DraftArticle,
  ReturnArticle,
  SubmitArticle,
} from '../../../application/faq/commands.js';
import { ReturnArticle as Return } from '../../../domain/faq/commands.js';
import { ArticleContent } from '../../../domain/faq/events.js';
import { record } from '../../../domain/kernel/codec.js';
import { ArticleId } from '../../../domain/kernel/ids.js';
import { Done } from '../answer.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';

const tag = 'FAQ';
const params = record('DraftPath', { id: ArticleId });
const done = { status: 200, description: 'Done.', body: Done } as const;
const command = { tag, params, command: true, ifMatch: true, success: done } as const;

const draft = operation({
  method: 'post',
  path: '/faq-drafts',
  tag,
  summary: 'Draft an article; nobody finds it before it is approved',
  body: ArticleContent,
  command: true,
  success: { status: 201, description: 'Drafted.', body: Done },
});
const change = operation({
  ...command,
  method: 'put',
  path: '/faq-articles/:id/draft',
  summary: 'Change the draft, or begin one; what is published goes on being found',
  body: ArticleContent,
});
const discard = operation({
  ...command,
  method: 'delete',
  path: '/faq-articles/:id/draft',
  summary: 'Discard the draft, and with it an article that was never published',
});
const submit = operation({
  ...command,
  method: 'post',
  path: '/faq-articles/:id/draft/submit',
  summary: 'Submit the draft for review by its department',
});
const approve = operation({
  ...command,
  method: 'post',
  path: '/faq-articles/:id/draft/approve',
  summary: 'Approve the draft, and so publish it',
});
const giveBack = operation({
  ...command,
  method: 'post',
  path: '/faq-articles/:id/draft/return',
  summary: 'Send the draft back to its writers, and say why',
  body: Return,
});

@Controller()
export class FaqDraftsController {
  constructor(private readonly bus: CommandBus) {}

  @Handles(draft)
  draft(@Input() { body, request }: Input & InputOf<typeof draft>) {
    return this.bus.execute(new DraftArticle(createdId(request.commandId, 'article'), body, request));
  }

  @Handles(change)
  change(@Input() { params: { id }, body, request }: Input & InputOf<typeof change>) {
    return this.bus.execute(new ChangeDraft(id, body, request));
  }

  @Handles(discard)
  discard(@Input() { params: { id }, request }: Input & InputOf<typeof discard>) {
    return this.bus.execute(new DiscardDraft(id, {}, request));
  }

  @Handles(submit)
  submit(@Input() { params: { id }, request }: Input & InputOf<typeof submit>) {
    return this.bus.execute(new SubmitArticle(id, {}, request));
  }

  @Handles(approve)
  approve(@Input() { params: { id }, request }: Input & InputOf<typeof approve>) {
    return this.bus.execute(new ApproveArticle(id, {}, request));
  }

  @Handles(giveBack)
  giveBack(@Input() { params: { id }, body, request }: Input & InputOf<typeof giveBack>) {
    return this.bus.execute(new ReturnArticle(id, body, request));
  }
}
