import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import canonicalize from 'canonicalize';
import * as E from 'fp-ts/lib/Either.js';
import { faqImport, importPart } from '../../domain/faq/faq-import.js';
import type { ImportPartId, StagedArticle } from '../../domain/faq/import-events.js';
import { decode } from '../../domain/kernel/errors.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { createdId } from '../aggregates/ids.js';
import type { Request } from '../aggregates/request.js';
import { noFacts } from '../aggregates/submit.js';
import { refused, type Failure } from '../failure.js';
import { KeyVault } from '../ports/key-vault.js';
import { CompleteImport, type Imported } from './complete-import.js';
import { ArticleRow } from './import-rows.js';
import { PlanImport, type ReadRow } from './plan-import.js';

/** Publishes and revises many articles at once: all of them, or none and every wrong row is named. */
export class ImportArticles extends Command<E.Either<Failure, Imported>> {
  constructor(
    /** As they came; each is to be an `ArticleRow`. */
    readonly rows: ReadonlyArray<unknown>,
    readonly request: Request,
  ) {
    super();
  }
}

/** UTF-16 units of JSON: at most three times as many bytes, and so within the megabyte of one event. */
const PART_LENGTH = 250_000;

/**
 * The rows are stored, still without effect; then one event accepts them all, and from there on they will be done: by this
 * request, by its repetition, or by `CompleteFaqImports` (ADR 15).
 */
@CommandHandler(ImportArticles)
export class ImportArticlesHandler implements ICommandHandler<ImportArticles> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly vault: KeyVault,
    private readonly planner: PlanImport,
    private readonly completion: CompleteImport,
  ) {}

  async execute({ rows, request }: ImportArticles): Promise<E.Either<Failure, Imported>> {
    const id = createdId<string>(request.commandId, 'import');
    const read = rows.map((row) => decode(ArticleRow, row));
    // A row that cannot be read counts: with one, this is the repetition of no import.
    const digest = await this.vault.digest(canonicalize(read.map(E.getOrElseW(() => null)))!);
    const accepted = await this.accept(id, digest, read, request);
    return E.isLeft(accepted) ? accepted : this.completion.complete(id);
  }

  private async accept(
    id: string,
    digest: string,
    rows: ReadonlyArray<ReadRow>,
    request: Request,
  ): Promise<E.Either<Failure, unknown>> {
    const accept = { id, type: 'AcceptImport' as const, data: { digest } };
    const nothing = { created: 0, revised: 0, unchanged: 0, parts: [] };
    // Whether the actor may import at all, and whether this is a repetition: it needs no other plan.
    const allowed = await this.aggregates.preview(faqImport, { ...accept, facts: async () => nothing }, request);
    if (E.isLeft(allowed) || allowed.right.length === 0) return allowed;
    const planned = await this.planner.plan(rows, request);
    if (E.isLeft(planned)) return E.left(refused(planned.left));
    const { articles, ...counts } = planned.right;
    const parts: ImportPartId[] = [];
    for (const part of partsOf(articles)) {
      const staged = await this.stage(part, request);
      if (E.isLeft(staged)) return staged;
      parts.push(staged.right);
    }
    return this.aggregates.run(faqImport, { ...accept, facts: async () => ({ ...counts, parts }) }, request);
  }

  /** Under its own content: a repetition that finds things changed stages other parts. */
  private async stage(articles: ReadonlyArray<StagedArticle>, request: Request) {
    const digest = await this.vault.digest(canonicalize(articles)!);
    const id = createdId<ImportPartId>(request.commandId, `import part ${digest}`);
    const stage = { id, type: 'StageArticles' as const, data: { articles }, facts: noFacts };
    return E.map(() => id)(await this.aggregates.run(importPart, stage, request));
  }
}

const partsOf = (articles: ReadonlyArray<StagedArticle>): ReadonlyArray<ReadonlyArray<StagedArticle>> => {
  const parts: StagedArticle[][] = [];
  let room = 0;
  for (const article of articles) {
    const { length } = JSON.stringify(article);
    if (length > room) {
      parts.push([]);
      room = PART_LENGTH;
    }
    parts.at(-1)!.push(article);
    room -= length;
  }
  return parts;
};
