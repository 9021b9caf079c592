import { ContactHistory, type Contact, type ContactFilter } from '../../../application/ports/contact-history.js';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import { contactHistory } from '../../../application/projections/contact-history.js';
import type { InquiryId } from '../../../domain/kernel/ids.js';
import { documentOf } from './documents.js';
import { keysetPage, whenGiven, type Listing } from './keyset-page.js';
import { prepared } from './prepared.js';
import type { SqliteView } from './sqlite-view.js';
import type { SqliteViews } from './sqlite-views.js';

const ordered = (column: string) =>
  `CREATE INDEX documents_${column} ON documents (${column}, receivedAt, key) WHERE ${column} IS NOT NULL`;

/** The contact history (S2) and, for each department, the contacts that it has a part in. */
export const contactHistoryView: SqliteView<Contact> = {
  projection: contactHistory,
  schemaVersion: 1,
  columns: ['receivedAt', 'category', 'operator', 'handling', 'scope', 'call', 'faqArticle'].map(
    (name) => `${name} TEXT AS (document ->> '${name}')`,
  ),
  schema: [
    'CREATE INDEX documents_receivedAt ON documents (receivedAt, key)',
    ...['category', 'operator', 'call', 'faqArticle'].map(ordered),
    `CREATE TABLE departments (
      department TEXT NOT NULL, receivedAt TEXT NOT NULL, contact TEXT NOT NULL, id INTEGER NOT NULL,
      PRIMARY KEY (department, receivedAt, contact)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX departments_id ON departments (id)',
  ],
  index: (db) => {
    const remove = (id: number) => {
      prepared(db, 'DELETE FROM departments WHERE id = ?').run(id);
    };
    return {
      remove,
      put: (id, key, { department, relatedDepartments, transferredTo, receivedAt }) => {
        remove(id);
        const all = new Set([
          department,
          ...relatedDepartments,
          ...(transferredTo === undefined ? [] : [transferredTo]),
        ]);
        for (const each of all)
          prepared(db, 'INSERT INTO departments VALUES (?, ?, ?, ?)').run(each, receivedAt, key, id);
      },
    };
  },
};

export class SqliteContactHistory extends ContactHistory {
  constructor(private readonly views: SqliteViews) {
    super();
  }

  async get(id: InquiryId): Promise<Contact | undefined> {
    return documentOf<Contact>(this.views.read('contact-history'), id);
  }

  async page(filter: ContactFilter, page: PageRequest): Promise<Page<Contact>> {
    return keysetPage<Contact>(this.views.read('contact-history'), listing(filter), page);
  }
}

const listing = (filter: ContactFilter): Listing => {
  // A department's contacts are read in its own order: few among many are found without passing the others.
  const own = filter.department !== undefined;
  const column = own ? 'departments.receivedAt' : 'documents.receivedAt';
  return {
    from: own ? 'departments CROSS JOIN documents USING (id)' : 'documents',
    column,
    key: own ? 'departments.contact' : 'documents.key',
    order: 'DESC',
    where: [
      ...whenGiven('departments.department = ?', filter.department),
      ...whenGiven(`${column} >= ?`, filter.from),
      ...whenGiven(`${column} < ?`, filter.to),
      ...whenGiven('category = ?', filter.category),
      ...whenGiven('operator = ?', filter.operator),
      ...whenGiven('handling = ?', filter.handling),
      ...whenGiven('scope = ?', filter.scope),
      ...whenGiven('call = ?', filter.call),
      ...whenGiven('faqArticle = ?', filter.faqArticle),
    ],
  };
};
