import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createdId } from '../../../application/aggregates/ids.js';
import { PublishArticle, RetireArticle, ReviseArticle } from '../../../application/faq/commands.js';
import { FaqArticle, FaqFound, FaqSearch } from '../../../application/ports/faq-search.js';
import { ArticleContent } from '../../../domain/faq/events.js';
import { flag, integer, record, scalar } from '../../../domain/kernel/codec.js';
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

const search = operation({
  method: 'get',
  path: '/faq-articles',
  tag,
  summary: 'Find published articles by what a citizen says (S1)',
  description:
    'Words or a whole sentence. With `unfinished` the last word may still be being typed. `matches` are UTF-16 offsets into the text beside them.',
  query: record(
    'FaqSearchQuery',
    { q: QueryText },
    {
      category: CategoryCode,
      department: DepartmentCode,
      limit: integer(1, 50, 'How many at most; 10 if absent.'),
      unfinished: flag,
    },
  ),
  view: 'faq-articles',
  success: {
    status: 200,
    description: 'Best first.',
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

@Controller()
export class FaqController {
  constructor(
    private readonly bus: CommandBus,
    private readonly faq: FaqSearch,
  ) {}

  @Handles(search)
  search(@Input() { query }: InputOf<typeof search>) {
    const { q, limit = 10, ...filters } = query;
    return this.faq.search({ text: q, limit, ...filters });
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
}
