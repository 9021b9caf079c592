import { Controller, StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { exportArticles } from '../../../application/faq/export-articles.js';
import { ImportArticles } from '../../../application/faq/import-articles.js';
import { ArticleRow, ArticleRows } from '../../../application/faq/import-rows.js';
import { refused, type Failure } from '../../../application/failure.js';
import { FaqCatalogue } from '../../../application/ports/faq-catalogue.js';
import { integer, record } from '../../../domain/kernel/codec.js';
import { MAX_ROWS } from '../../../domain/faq/import-events.js';
import { ArticleId, CategoryCode, DepartmentCode } from '../../../domain/kernel/ids.js';
import { Done } from '../answer.js';
import { Input } from '../input.js';
import { Handles, operation, type InputOf } from '../operation.js';
import { csvOf, inSpreadsheet, rowsOfCsv } from './faq-csv.js';

const tag = 'FAQ';
/** Ten thousand articles of some two thousand characters each, in bytes. */
const BODY_LIMIT = 64 * 1024 * 1024;
const count = integer(0, MAX_ROWS);
const filter = { category: CategoryCode, department: DepartmentCode };

const importing = operation({
  method: 'post',
  path: '/faq-imports',
  tag,
  summary: 'Publish and revise many articles at once, all of them or none',
  description:
    'As JSON, or as CSV whose first row names the columns `id`, `reference`, `category`, `department`, `question`, `answer`, `internalNote`. A row is about the article of its `id`; without one, about the published article of its `reference`; or it is a new one. Every wrong row and field is named, in CSV as the spreadsheet counts (`row.2.answer` is below the names), and then nothing is stored. The same request again, under its key, completes an import that was cut off.',
  body: ArticleRows,
  csv: rowsOfCsv,
  bodyLimit: BODY_LIMIT,
  command: true,
  success: {
    status: 201,
    description: 'All rows are done. `overtaken`: of them, those whose article others retired or gave away meanwhile.',
    body: record('Imported', {
      ...Done.required,
      ids: t.readonlyArray(ArticleId),
      created: count,
      revised: count,
      unchanged: count,
      overtaken: count,
    }),
  },
});
const exporting = {
  method: 'get',
  tag,
  query: record('FaqExportQuery', {}, filter),
  view: 'faq-articles',
} as const;
const asCsv = operation({
  ...exporting,
  path: '/faq-export.csv',
  summary: 'The published articles as CSV, for spreadsheets and for an import',
  description:
    'What a spreadsheet would take for a formula has a quote before it, which an import takes away again: imported unchanged, an export changes nothing.',
  success: { status: 200, description: 'UTF-8 with a byte order mark.', body: { mediaType: 'text/csv' } },
});
const asJson = operation({
  ...exporting,
  path: '/faq-export.json',
  summary: 'The published articles as JSON, as an import takes them',
  success: {
    status: 200,
    description: 'The rows.',
    body: record('FaqExport', { rows: t.readonlyArray(ArticleRow) }),
  },
});

@Controller()
export class FaqImportsController {
  constructor(
    private readonly bus: CommandBus,
    private readonly catalogue: FaqCatalogue,
  ) {}

  @Handles(importing)
  async import(@Input() { body, request, csv }: Input & InputOf<typeof importing>) {
    const result = await this.bus.execute(new ImportArticles(body.rows, request));
    const inItsTerms = (failure: Failure) =>
      csv && failure._tag === 'refused' ? refused(inSpreadsheet(failure.errors)) : failure;
    return E.mapLeft(inItsTerms)(result);
  }

  @Handles(asCsv)
  async csv(@Input() { query }: InputOf<typeof asCsv>) {
    const text = csvOf(await exportArticles(this.catalogue, query));
    return new StreamableFile(Buffer.from(text), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="faq.csv"',
    });
  }

  @Handles(asJson)
  async json(@Input() { query }: InputOf<typeof asJson>) {
    return { rows: await exportArticles(this.catalogue, query) };
  }
}
