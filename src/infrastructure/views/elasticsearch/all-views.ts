import { contactHistoryView } from './contact-history.js';
import { departmentInboxView } from './department-inbox.js';
import { directoryView } from './directory.js';
import type { ElasticView } from './elastic-view.js';
import { faqArticlesView } from './faq-articles.js';
import { recordingsView } from './recordings.js';

/** What the server feeds and the build worker knows by name. */
export const allElasticViews: ReadonlyArray<ElasticView> = [
  faqArticlesView,
  contactHistoryView,
  departmentInboxView,
  recordingsView,
  directoryView,
];
