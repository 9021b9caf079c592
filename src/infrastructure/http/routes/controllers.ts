import { AnalyticsController } from './analytics.controller.js';
import { CallbacksController } from './callbacks.controller.js';
import { CallsController } from './calls.controller.js';
import { CityController } from './city.controller.js';
import { FaqCatalogueController } from './faq-catalogue.controller.js';
import { FaqController } from './faq.controller.js';
import { FaqDraftsController } from './faq-drafts.controller.js';
import { FaqImportsController } from './faq-imports.controller.js';
import { FaqSearchesController } from './faq-searches.controller.js';
import { HealthController } from './health.controller.js';
import { InquiriesController } from './inquiries.controller.js';
import { MetricsController } from './metrics.controller.js';
import { RecordingsController } from './recordings.controller.js';
import { SearchDictionaryController } from './search-dictionary.controller.js';
import { SystemController } from './system.controller.js';

/** In the order of the reference page. */
export const controllers = [
  FaqController,
  FaqDraftsController,
  FaqCatalogueController,
  FaqImportsController,
  SearchDictionaryController,
  FaqSearchesController,
  InquiriesController,
  CallbacksController,
  CallsController,
  RecordingsController,
  AnalyticsController,
  CityController,
  SystemController,
  HealthController,
  MetricsController,
];
