import { analyticsView } from './analytics.js';
import { contactHistoryView } from './contact-history.js';
import { departmentInboxView } from './department-inbox.js';
import { directoryView } from './directory.js';
import type { ElasticView } from './elastic-view.js';
import { faqArticlesView } from './faq-articles.js';
import { faqUseView } from './faq-use.js';
import { recordingsView } from './recordings.js';

/** What the server feeds and the build worker knows by name. */
export const allElasticViews: ReadonlyArray<ElasticView> = [
  faqArticlesView,
  faqUseView,
  contactHistoryView,
  departmentInboxView,
  recordingsView,
  directoryView,
  analyticsView,
];
