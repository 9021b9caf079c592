import type { Provider } from '@nestjs/common';
import { Analytics } from '../../application/ports/analytics.js';
import { ContactHistory } from '../../application/ports/contact-history.js';
import { DepartmentInbox } from '../../application/ports/department-inbox.js';
import { Directory } from '../../application/ports/directory.js';
import { FaqCatalogue } from '../../application/ports/faq-catalogue.js';
import { FaqUse } from '../../application/ports/faq-use.js';
import { LexicalFaqSearch } from '../../application/ports/faq-search.js';
import { RecordingsView } from '../../application/ports/recordings-view.js';
import type { SearchDictionary } from '../../application/ports/search-dictionary.js';
import { ElasticAnalytics } from '../views/elasticsearch/analytics.js';
import { ElasticContactHistory } from '../views/elasticsearch/contact-history.js';
import { ElasticDepartmentInbox } from '../views/elasticsearch/department-inbox.js';
import { ElasticDirectory } from '../views/elasticsearch/directory.js';
import type { ElasticViews } from '../views/elasticsearch/elastic-views.js';
import { ElasticFaqCatalogue } from '../views/elasticsearch/faq-catalogue.js';
import { ElasticFaqUse } from '../views/elasticsearch/faq-use.js';
import { ElasticFaqSearch } from '../views/elasticsearch/faq-search.js';
import { ElasticRecordingsView } from '../views/elasticsearch/recordings.js';

/** Which query of a cluster stands behind which port. */
export const elasticViewPorts = (views: ElasticViews, dictionary: SearchDictionary): ReadonlyArray<Provider> => [
  { provide: LexicalFaqSearch, useValue: new ElasticFaqSearch(views, dictionary) },
  { provide: FaqCatalogue, useValue: new ElasticFaqCatalogue(views) },
  { provide: FaqUse, useValue: new ElasticFaqUse(views) },
  { provide: ContactHistory, useValue: new ElasticContactHistory(views) },
  { provide: DepartmentInbox, useValue: new ElasticDepartmentInbox(views) },
  { provide: RecordingsView, useValue: new ElasticRecordingsView(views) },
  { provide: Directory, useValue: new ElasticDirectory(views) },
  { provide: Analytics, useValue: new ElasticAnalytics(views) },
];
