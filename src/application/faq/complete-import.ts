import { Injectable } from '@nestjs/common';
import * as E from 'fp-ts/lib/Either.js';
import { faqArticle } from '../../domain/faq/faq-article.js';
import { faqImport, importPart } from '../../domain/faq/faq-import.js';
import type { ImportPartId, StagedArticle } from '../../domain/faq/import-events.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { consequentId } from '../aggregates/ids.js';
import { systemActor, type Outcome, type Request } from '../aggregates/request.js';
import type { Failure } from '../failure.js';
import { inParallel } from './in-parallel.js';

/** What an import came to. Repeated, it is answered as the first time. */
export interface Imported extends Outcome {
  /** Of the articles, in the order of the rows. */
  readonly ids: ReadonlyArray<string>;
  readonly created: number;
  readonly revised: number;
  readonly unchanged: number;
  /** Of the created and revised, those that others retired or gave away before their row was done. */
  readonly overtaken: number;
}

/** Enough that many share one write to disk, few enough that others come between. */
const AT_A_TIME = 64;

/** Does the rows of an import that was accepted, each under a command id of its own: done twice is done once. */
@Injectable()
export class CompleteImport {
  constructor(private readonly aggregates: Aggregates) {}

  /** Of an import that was accepted. */
  async complete(id: string): Promise<E.Either<Failure, Imported>> {
    const { state, history } = await this.aggregates.load(faqImport, id);
    if (state.status === 'absent') throw new Error(`no such import: ${id}`);
    const [accepted] = history;
    const { created, revised, unchanged, parts } = state;
    const request = { actor: accepted!.metadata.actor, causation: accepted!.id, correlation: id };
    const ids: string[] = [];
    let overtaken = 0;
    for (const part of parts) {
      const articles = await this.articlesOf(part);
      ids.push(...articles.map(({ article }) => article));
      if (state.overtaken !== undefined) continue;
      const done = await inParallel(articles, AT_A_TIME, ({ article, content }) => {
        const commandId = consequentId('imported', id, article);
        return this.import(article, content, { ...request, commandId });
      });
      for (const result of done) {
        if (E.isRight(result)) continue;
        if (result.left._tag !== 'refused') return result;
        overtaken++;
      }
    }
    const completed = await this.aggregates.run(
      faqImport,
      { id, type: 'CompleteImport', data: {}, facts: async () => ({ overtaken }) },
      { ...request, actor: systemActor, commandId: consequentId('import completed', id) },
    );
    return E.map((outcome: Outcome) => ({
      ...outcome,
      ids,
      created,
      revised,
      unchanged,
      overtaken: state.overtaken ?? overtaken,
    }))(completed);
  }

  /** It was allowed when the import was accepted, so a refusal says what others have done since. */
  private async import(
    article: string,
    content: StagedArticle['content'],
    request: Request,
  ): Promise<E.Either<Failure, unknown>> {
    if (content === undefined) return E.right(undefined);
    const facts = async () => ({ departmentOpen: true });
    return this.aggregates.run(faqArticle, { id: article, type: 'ImportArticle', data: content, facts }, request);
  }

  private async articlesOf(part: ImportPartId): Promise<ReadonlyArray<StagedArticle>> {
    const { state } = await this.aggregates.load(importPart, part);
    if (state.status === 'absent') throw new Error(`a part of the import is missing: ${part}`);
    return state.articles;
  }
}
