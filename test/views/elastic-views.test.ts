import { describe, expect, onTestFinished } from 'vitest';
import type { ViewName } from '../../src/application/ports/views.js';
import { ElasticContactHistory } from '../../src/infrastructure/views/elasticsearch/contact-history.js';
import { ElasticDepartmentInbox } from '../../src/infrastructure/views/elasticsearch/department-inbox.js';
import { ElasticDirectory } from '../../src/infrastructure/views/elasticsearch/directory.js';
import { ElasticFaqSearch } from '../../src/infrastructure/views/elasticsearch/faq-search.js';
import { ElasticFaqCatalogue } from '../../src/infrastructure/views/elasticsearch/faq-catalogue.js';
import { ElasticFaqUse } from '../../src/infrastructure/views/elasticsearch/faq-use.js';
import { ElasticRecordingsView } from '../../src/infrastructure/views/elasticsearch/recordings.js';
import type { Ending } from '../support/temp-dir.js';
import { withServer } from '../support/with-server.js';
import { contactHistoryContract } from './contact-history.contract.js';
import { departmentInboxContract } from './department-inbox.contract.js';
import { directoryContract } from './directory.contract.js';
import { openCluster, openElasticViews } from './elastic-fixture.js';
import { EventLog } from './event-log.js';
import { faqCatalogueContract, type FaqCatalogueUnderTest } from './faq-catalogue.contract.js';
import { faqUseContract, type FaqUseUnderTest } from './faq-use.contract.js';
import { faqSearchContract } from './faq-search.contract.js';
import { recordingsContract } from './recordings.contract.js';
import { ToldDictionary } from './told-dictionary.js';
import type { ViewsUnderTest } from './views-under-test.js';

withServer('ELASTICSEARCH_URL', 'the contract of the views on Elasticsearch', (url) => {
  const opening =
    (...names: ReadonlyArray<ViewName>) =>
    async (ending: Ending = onTestFinished): Promise<ViewsUnderTest & FaqCatalogueUnderTest & FaqUseUnderTest> => {
      const log = new EventLog();
      const views = openElasticViews(openCluster(url, ending), log, { names, ending });
      const dictionary = new ToldDictionary();
      return {
        log,
        caughtUp: async () => {
          const head = await log.head();
          for (const name of names) expect(await views.waitFor(name, head, AbortSignal.timeout(25_000))).toBe(true);
        },
        dictionary,
        faqSearch: new ElasticFaqSearch(views, dictionary),
        faqCatalogue: new ElasticFaqCatalogue(views),
        faqUse: new ElasticFaqUse(views),
        contactHistory: new ElasticContactHistory(views),
        departmentInbox: new ElasticDepartmentInbox(views),
        recordings: new ElasticRecordingsView(views),
        directory: new ElasticDirectory(views),
      };
    };

  describe('Elasticsearch', () => {
    describe('FAQ search', () => {
      faqSearchContract(opening('faq-articles'));
    });
    describe('FAQ catalogue', () => {
      faqCatalogueContract(opening('faq-articles'));
    });
    describe('FAQ use', () => {
      faqUseContract(opening('faq-use'));
    });
    describe('contact history', () => {
      contactHistoryContract(opening('contact-history'));
    });
    describe('department inbox', () => {
      departmentInboxContract(opening('department-inbox'));
    });
    describe('recordings', () => {
      recordingsContract(opening('recordings'));
    });
    describe('directory', () => {
      directoryContract(opening('directory'));
    });
  });
});
