import { ContactHistory, type Contact, type ContactFilter } from '../../../application/ports/contact-history.js';
import type { Page, PageRequest } from '../../../application/ports/page.js';
import { contactHistory } from '../../../application/projections/contact-history.js';
import type { InquiryId } from '../../../domain/kernel/ids.js';
import type { ElasticView } from './elastic-view.js';
import type { ElasticViews } from './elastic-views.js';
import { between, keysetPage, term } from './keyset-page.js';

const filtered = ['category', 'operator', 'handling', 'scope', 'call', 'faqArticle'] as const;

/** The contact history (S2); `departments` are all that have a part in a contact. Moments are ordered as text. */
export const contactHistoryView: ElasticView<Contact> = {
  projection: contactHistory,
  schemaVersion: 1,
  properties: Object.fromEntries(
    ['receivedAt', 'departments', ...filtered].map((field) => [field, { type: 'keyword' }]),
  ),
  fields: (contact) => ({
    receivedAt: contact.receivedAt,
    departments: [contact.department, ...contact.relatedDepartments, contact.transferredTo].filter(Boolean),
    ...Object.fromEntries(filtered.map((field) => [field, contact[field]])),
  }),
};

export class ElasticContactHistory extends ContactHistory {
  constructor(private readonly views: ElasticViews) {
    super();
  }

  get(id: InquiryId): Promise<Contact | undefined> {
    return this.views.read('contact-history').get(id);
  }

  page({ from, to, department, ...equal }: ContactFilter, page: PageRequest): Promise<Page<Contact>> {
    const filter = [
      ...between('receivedAt', from, to),
      ...term('departments', department),
      ...filtered.flatMap((field) => term(field, equal[field])),
    ];
    return keysetPage(this.views.read('contact-history'), { field: 'receivedAt', order: 'desc', filter }, page);
  }
}
