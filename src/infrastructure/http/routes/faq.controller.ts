import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createdId } from '../../../application/aggregates/ids.js';
import { byUse } from '../../../application/faq/by-use.js';
import { PublishArticle, RepublishArticle, RetireArticle, ReviseArticle } from '../../../application/faq/commands.js';
import { FaqArticle, FaqFound, FaqSearch } from '../../../application/ports/faq-search.js';
import { FaqUse } from '../../../application/ports/faq-use.js';
import { ArticleContent } from '../../../domain/faq/events.js';
import { flag, integer, oneOf, record, scalar } from '../../../domain/kernel/codec.js';
import { ArticleId, CategoryCode, DepartmentCode } from '../../../domain/kernel/ids.js';
import { Done } from '../answer.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { found } from '../found.js';

const id = record('ArticlePath', { id: ArticleId });
const tag = 'FAQ';
const done = { status: 200, description: 'Done.', body: Done } as const;

const QueryText = scalar<string>(
  'text of at most 500 characters',
  { type: 'string', maxLength: 500, examples: ['粗大ごみ'] },
  (u) => typeof u === 'string' && u.length <= 500,
);

const MOST_HITS = 50;

const search = operation({
  method: 'get',
  path: '/faq-articles',
  tag,
  summary: 'Find published articles by what a citizen says (S1)',
  description:
    'Words or a whole sentence. With `unfinished` the last word may still be being typed. `matches` are UTF-16 offsets into the text beside them. With `order=use` the best fifty hits are ordered by how often contacts were answered from them.',
  query: record(
    'FaqSearchQuery',
    { q: QueryText },
    {
      category: CategoryCode,
      department: DepartmentCode,
      limit: integer(1, MOST_HITS, 'How many at most; 10 if absent.'),
      unfinished: flag,
      order: oneOf('relevance', 'use'),
    },
  ),
  view: 'faq-articles',
  success: {
    status: 200,
    description: 'Best first, or most used first.',
    body: FaqFound,
  },
});

const get = operation({
  method: 'get',
  path: '/faq-articles/:id',
  tag,
  summary: 'One article',
  params: id,
  view: 'faq-articles',
  etag: true,
  success: { status: 200, description: 'The article.', body: FaqArticle },
});

const publish = operation({
  method: 'post',
  path: '/faq-articles',
  tag,
  summary: 'Publish an article',
  body: ArticleContent,
  command: true,
  success: { status: 201, description: 'Published.', body: Done },
});

const revise = operation({
  method: 'put',
  path: '/faq-articles/:id',
  tag,
  summary: 'Revise an article',
  params: id,
  body: ArticleContent,
  command: true,
  ifMatch: true,
  success: done,
});

const retire = operation({
  method: 'post',
  path: '/faq-articles/:id/retire',
  tag,
  summary: 'Retire an article: it is found no more, and stays in the history',
  params: id,
  command: true,
  ifMatch: true,
  success: done,
});

const republish = operation({
  method: 'post',
  path: '/faq-articles/:id/republish',
  tag,
  summary: 'Publish a retired article again, with the text that now holds',
  params: id,
  body: ArticleContent,
  command: true,
  ifMatch: true,
  success: done,
});

@Controller()
export class FaqController {
  constructor(
    private readonly bus: CommandBus,
    private readonly faq: FaqSearch,
    private readonly use: FaqUse,
  ) {}

  @Handles(search)
  async search(@Input() { query }: InputOf<typeof search>) {
    const { q, limit = 10, order = 'relevance', ...filters } = query;
    if (order === 'relevance') return this.faq.search({ text: q, limit, ...filters });
    const best = await this.faq.search({ text: q, limit: MOST_HITS, ...filters });
    return { ...best, items: (await byUse(best.items, this.use)).slice(0, limit) };
  }

  @Handles(get)
  async get(@Input() { params }: InputOf<typeof get>) {
    return found(await this.faq.get(params.id), 'article');
  }

  @Handles(publish)
  publish(@Input() { body, request }: Input & InputOf<typeof publish>) {
    return this.bus.execute(new PublishArticle(createdId(request.commandId, 'article'), body, request));
  }

  @Handles(revise)
  revise(@Input() { params, body, request }: Input & InputOf<typeof revise>) {
    return this.bus.execute(new ReviseArticle(params.id, body, request));
  }

  @Handles(retire)
  retire(@Input() { params, request }: Input & InputOf<typeof retire>) {
    return this.bus.execute(new RetireArticle(params.id, {}, request));
  }

  @Handles(republish)
  republish(@Input() { params, body, request }: Input & InputOf<typeof republish>) {
    return this.bus.execute(new RepublishArticle(params.id, body, request));
  }
}
