import type { Provider } from '@nestjs/common';
import { Analytics } from '../../application/ports/analytics.js';
import { ContactHistory } from '../../application/ports/contact-history.js';
import { DepartmentInbox } from '../../application/ports/department-inbox.js';
import { Directory } from '../../application/ports/directory.js';
import { FaqCatalogue } from '../../application/ports/faq-catalogue.js';
import { LexicalFaqSearch } from '../../application/ports/faq-search.js';
import { FaqUse } from '../../application/ports/faq-use.js';
import { RecordingsView } from '../../application/ports/recordings-view.js';
import type { SearchDictionary } from '../../application/ports/search-dictionary.js';
import { SqliteAnalytics } from '../views/sqlite/analytics.js';
import { SqliteContactHistory } from '../views/sqlite/contact-history.js';
import { SqliteDepartmentInbox } from '../views/sqlite/department-inbox.js';
import { SqliteDirectory } from '../views/sqlite/directory.js';
import type { SqliteViews } from '../views/sqlite/sqlite-views.js';
import { SqliteFaqCatalogue } from '../views/sqlite/faq-catalogue.js';
import { SqliteFaqSearch } from '../views/sqlite/faq-search.js';
import { SqliteFaqUse } from '../views/sqlite/faq-use.js';
import { SqliteRecordingsView } from '../views/sqlite/recordings.js';

/** Which query of the embedded views stands behind which port. */
export const sqliteViewPorts = (views: SqliteViews, dictionary: SearchDictionary): ReadonlyArray<Provider> => [
  { provide: LexicalFaqSearch, useValue: new SqliteFaqSearch(views, dictionary) },
  { provide: FaqCatalogue, useValue: new SqliteFaqCatalogue(views) },
  { provide: FaqUse, useValue: new SqliteFaqUse(views) },
  { provide: ContactHistory, useValue: new SqliteContactHistory(views) },
  { provide: DepartmentInbox, useValue: new SqliteDepartmentInbox(views) },
  { provide: RecordingsView, useValue: new SqliteRecordingsView(views) },
  { provide: Directory, useValue: new SqliteDirectory(views) },
  { provide: Analytics, useValue: new SqliteAnalytics(views) },
];
