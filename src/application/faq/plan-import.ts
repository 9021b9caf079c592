import { Injectable } from '@nestjs/common';
import { rights } from 'fp-ts/lib/Array.js';
import * as E from 'fp-ts/lib/Either.js';
import { faqArticle } from '../../domain/faq/faq-article.js';
import type { ArticleReference } from '../../domain/faq/events.js';
import type { StagedArticle } from '../../domain/faq/import-events.js';
import { invalid, rule, unless, when, type DomainError, type DomainErrors } from '../../domain/kernel/errors.js';
import type { ArticleId } from '../../domain/kernel/ids.js';
import { Aggregates } from '../aggregates/aggregates.js';
import { Facts } from '../aggregates/facts.js';
import { createdId } from '../aggregates/ids.js';
import type { Request } from '../aggregates/request.js';
import { EventStore } from '../ports/event-store.js';
import { FaqCatalogue } from '../ports/faq-catalogue.js';
import { Views, ViewUnavailable } from '../ports/views.js';
import type { ArticleRow } from './import-rows.js';
import { inParallel } from './in-parallel.js';

/** A row of an import, or what is wrong with its form. */
export type ReadRow = E.Either<DomainErrors, ArticleRow>;

/** What the rows of an import come to, as things stand. */
export interface PlannedImport {
  /** In the order of the rows. */
  readonly articles: ReadonlyArray<StagedArticle>;
  readonly created: number;
  readonly revised: number;
  readonly unchanged: number;
}

const AT_A_TIME = 16;
/** References that are looked up at once. */
const LOOK_UP = 1_000;
/** How long to wait until the catalogue knows all that was stored when the import came, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Finds the article that each row is about, and everything that is wrong with any row; stores nothing. */
@Injectable()
export class PlanImport {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly facts: Facts,
    private readonly store: EventStore,
    private readonly views: Views,
    private readonly catalogue: FaqCatalogue,
  ) {}

  async plan(read: ReadonlyArray<ReadRow>, request: Request): Promise<E.Either<DomainErrors, PlannedImport>> {
    const rows = rights([...read]);
    const known = await this.articlesOf(rows);
    const articles = rows.map(
      ({ id, reference }, n) =>
        id ?? known.get(reference!)?.[0] ?? createdId<ArticleId>(request.commandId, `article ${n}`),
    );
    const departments = new Map<string, Promise<boolean>>();
    const isOpen = ({ department }: ArticleRow) => {
      const told = departments.get(department) ?? this.facts.departmentOpen(department);
      departments.set(department, told);
      return told;
    };
    const decided = await inParallel(rows, AT_A_TIME, (row, n) =>
      this.decide(row, articles[n]!, () => isOpen(row), request),
    );
    const repeats = repeatedIn(rows, articles);
    const problemsOf = (row: ArticleRow, n: number): ReadonlyArray<DomainError> => [
      ...(E.isLeft(decided[n]!) ? decided[n].left : []),
      ...repeats(row, n),
      ...when(
        row.id === undefined && (known.get(row.reference!)?.length ?? 0) > 1,
        rule('ambiguous_reference', 'several published articles have this reference: name the id', 'reference'),
      ),
    ];
    const readable = read.flatMap((row, n) => (E.isRight(row) ? [n] : []));
    const found = new Map(rows.map((row, n) => [readable[n], problemsOf(row, n)] as const));
    const problems = [
      ...when(read.length === 0, invalid('empty_import', 'holds no article', 'rows')),
      ...read.flatMap((row, n) => (E.isLeft(row) ? row.left : found.get(n)!).map((error) => inRow(error, n))),
    ];
    return unless(problems, () => {
      const kinds = decided.map((kind) => (E.isRight(kind) ? kind.right : 'unchanged'));
      const count = (kind: Kind) => kinds.filter((each) => each === kind).length;
      return {
        articles: rows.map((row, n) => ({
          article: articles[n]!,
          ...(kinds[n] !== 'unchanged' && { content: contentOf(row) }),
        })),
        created: count('created'),
        revised: count('revised'),
        unchanged: count('unchanged'),
      };
    });
  }

  /** The published articles that have the references of rows without an id. */
  private async articlesOf(
    rows: ReadonlyArray<ArticleRow>,
  ): Promise<ReadonlyMap<ArticleReference, ReadonlyArray<ArticleId>>> {
    const references = [...new Set(rows.flatMap(({ id, reference }) => (id === undefined ? (reference ?? []) : [])))];
    if (references.length === 0) return new Map();
    const head = await this.store.head();
    if (!(await this.views.waitFor('faq-articles', head, AbortSignal.timeout(PATIENCE_MS))))
      throw new ViewUnavailable('faq-articles', 'it lags behind the store');
    const found = [];
    for (let n = 0; n < references.length; n += LOOK_UP)
      found.push(...(await this.catalogue.byReference(references.slice(n, n + LOOK_UP))));
    const known = Map.groupBy(found, ({ reference }) => reference);
    return new Map([...known].map(([reference, articles]) => [reference, articles.map(({ id }) => id)]));
  }

  private async decide(
    row: ArticleRow,
    article: ArticleId,
    isOpen: () => Promise<boolean>,
    request: Request,
  ): Promise<E.Either<ReadonlyArray<DomainError>, Kind>> {
    const facts = async () => ({ departmentOpen: await isOpen() });
    const intent = { id: article, type: 'ImportArticle' as const, data: contentOf(row), facts };
    const decided = await this.aggregates.preview(faqArticle, intent, request);
    if (E.isLeft(decided)) {
      if (decided.left._tag === 'refused') return E.left(decided.left.errors);
      throw new Error(`${faqArticle.category}-${article}: ${decided.left._tag}`);
    }
    const [event] = decided.right;
    if (event === undefined) return E.right('unchanged');
    if (event.type === 'ArticleRevised') return E.right('revised');
    return row.id === undefined
      ? E.right('created')
      : E.left([invalid('unknown_article', 'there is no such FAQ article', 'id')]);
  }
}

type Kind = 'created' | 'revised' | 'unchanged';

const contentOf = ({ id: _, ...content }: ArticleRow) => content;

/** What a row has in common with one before it. */
const repeatedIn = (rows: ReadonlyArray<ArticleRow>, articles: ReadonlyArray<ArticleId>) => {
  const firstOf = <A>(all: ReadonlyArray<A>) => new Map(all.map((each, n) => [each, n] as const).toReversed());
  const byReference = firstOf(rows.map(({ reference }) => reference));
  const byArticle = firstOf(articles);
  return ({ id, reference }: ArticleRow, n: number) => {
    if (reference !== undefined && byReference.get(reference)! < n)
      return [invalid('repeated_reference', 'an earlier row has the same reference', 'reference')];
    const field = id === undefined ? 'reference' : 'id';
    return when(
      byArticle.get(articles[n]!)! < n,
      invalid('repeated_article', 'an earlier row is about the same article', field),
    );
  };
};

const inRow = ({ field, ...error }: DomainError, n: number): DomainError => ({
  ...error,
  field: field === undefined ? `rows.${n}` : `rows.${n}.${field}`,
});
