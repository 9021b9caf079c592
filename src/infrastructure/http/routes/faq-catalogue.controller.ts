import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { createdId } from '../../../application/aggregates/ids.js';
import { GiveFeedback } from '../../../application/faq/commands.js';
import { FaqCatalogue } from '../../../application/ports/faq-catalogue.js';
import { FaqArticle, FaqDraft } from '../../../application/ports/faq-search.js';
import { ArticleUse, FaqUse } from '../../../application/ports/faq-use.js';
import { GiveFeedback as Feedback } from '../../../domain/faq/commands.js';
import { flag, record } from '../../../domain/kernel/codec.js';
import { ArticleId, CategoryCode, DepartmentCode } from '../../../domain/kernel/ids.js';
import { Done } from '../answer.js';
import { found } from '../found.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { pageOf, pageRequest, paging } from './pages.js';

const tag = 'FAQ';
const params = record('ArticleUsePath', { id: ArticleId });
const { status } = FaqArticle.required;
const { stage } = FaqDraft.required;

const page = operation({
  method: 'get',
  path: '/faq-catalogue',
  tag,
  summary: 'All articles, drafts and retired ones too, latest created first',
  description: '`stage=in-review` lists what waits for its department, also beside a text that is published.',
  query: record(
    'FaqCatalogueQuery',
    {},
    { status, stage, category: CategoryCode, department: DepartmentCode, ...paging },
  ),
  view: 'faq-articles',
  success: { status: 200, description: 'A page.', body: pageOf('FaqCataloguePage', FaqArticle) },
});
const mostUsed = operation({
  method: 'get',
  path: '/faq-use',
  tag,
  summary: 'Articles by how often contacts were answered from them, most used first',
  description:
    'Counts grow while you leaf: no article is shown twice, but one that has overtaken the end of your last page is passed over.',
  query: record('FaqUseQuery', {}, { published: flag, category: CategoryCode, department: DepartmentCode, ...paging }),
  view: 'faq-use',
  success: { status: 200, description: 'A page.', body: pageOf('FaqUsePage', ArticleUse) },
});
const use = operation({
  method: 'get',
  path: '/faq-articles/:id/use',
  tag,
  summary: 'How often an article was used, and whether it helped',
  params,
  view: 'faq-use',
  success: { status: 200, description: 'Its counts.', body: ArticleUse },
});
const feedback = operation({
  method: 'post',
  path: '/faq-articles/:id/feedback',
  tag,
  summary: 'Say whether an article answered the citizen',
  description: 'Without words, which could be personal. The answer’s `id` is that of the feedback.',
  params,
  body: Feedback,
  command: true,
  success: { status: 201, description: 'Noted.', body: Done },
});

@Controller()
export class FaqCatalogueController {
  constructor(
    private readonly bus: CommandBus,
    private readonly catalogue: FaqCatalogue,
    private readonly uses: FaqUse,
  ) {}

  @Handles(page)
  page(@Input() { query }: InputOf<typeof page>) {
    const { limit, after, ...filter } = query;
    return this.catalogue.page(filter, pageRequest(query));
  }

  @Handles(mostUsed)
  mostUsed(@Input() { query }: InputOf<typeof mostUsed>) {
    const { limit, after, ...filter } = query;
    return this.uses.page(filter, pageRequest(query));
  }

  @Handles(use)
  async use(@Input() { params: { id } }: InputOf<typeof use>) {
    return found(await this.uses.get(id), 'article');
  }

  @Handles(feedback)
  feedback(@Input() { params: { id }, body, request }: Input & InputOf<typeof feedback>) {
    const said = { article: id, ...body };
    return this.bus.execute(new GiveFeedback(createdId(request.commandId, 'feedback'), said, request));
  }
}
