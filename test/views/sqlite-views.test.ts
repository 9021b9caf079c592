import { describe } from 'vitest';
import { allViews } from '../../src/infrastructure/views/sqlite/all-views.js';
import { SqliteContactHistory } from '../../src/infrastructure/views/sqlite/contact-history.js';
import { SqliteDepartmentInbox } from '../../src/infrastructure/views/sqlite/department-inbox.js';
import { SqliteDirectory } from '../../src/infrastructure/views/sqlite/directory.js';
import { SqliteFaqCatalogue } from '../../src/infrastructure/views/sqlite/faq-catalogue.js';
import { SqliteFaqSearch } from '../../src/infrastructure/views/sqlite/faq-search.js';
import { SqliteFaqUse } from '../../src/infrastructure/views/sqlite/faq-use.js';
import { SqliteRecordingsView } from '../../src/infrastructure/views/sqlite/recordings.js';
import type { Ending } from '../support/temp-dir.js';
import { contactHistoryContract } from './contact-history.contract.js';
import { departmentInboxContract } from './department-inbox.contract.js';
import { directoryContract } from './directory.contract.js';
import { EventLog } from './event-log.js';
import { faqCatalogueContract, type FaqCatalogueUnderTest } from './faq-catalogue.contract.js';
import { faqSearchContract } from './faq-search.contract.js';
import { faqUseContract, type FaqUseUnderTest } from './faq-use.contract.js';
import { recordingsContract } from './recordings.contract.js';
import { ToldDictionary } from './told-dictionary.js';
import { caughtUp, openViews } from './views-fixture.js';
import type { ViewsUnderTest } from './views-under-test.js';

const open = async (ending?: Ending): Promise<ViewsUnderTest & FaqCatalogueUnderTest & FaqUseUnderTest> => {
  const log = new EventLog();
  const views = await openViews(log, ending === undefined ? {} : { ending });
  const dictionary = new ToldDictionary();
  return {
    log,
    caughtUp: () => caughtUp(views, log, ...allViews.map(({ projection }) => projection.name)),
    dictionary,
    faqSearch: new SqliteFaqSearch(views, dictionary),
    faqCatalogue: new SqliteFaqCatalogue(views),
    faqUse: new SqliteFaqUse(views),
    contactHistory: new SqliteContactHistory(views),
    departmentInbox: new SqliteDepartmentInbox(views),
    recordings: new SqliteRecordingsView(views),
    directory: new SqliteDirectory(views),
  };
};

describe('SQLite', () => {
  describe('FAQ search', () => {
    faqSearchContract(open);
  });
  describe('FAQ catalogue', () => {
    faqCatalogueContract(open);
  });
  describe('FAQ use', () => {
    faqUseContract(open);
  });
  describe('contact history', () => {
    contactHistoryContract(open);
  });
  describe('department inbox', () => {
    departmentInboxContract(open);
  });
  describe('recordings', () => {
    recordingsContract(open);
  });
  describe('directory', () => {
    directoryContract(open);
  });
});
