import type { ContactHistory } from '../../src/application/ports/contact-history.js';
import type { DepartmentInbox } from '../../src/application/ports/department-inbox.js';
import type { Directory } from '../../src/application/ports/directory.js';
import type { FaqSearch } from '../../src/application/ports/faq-search.js';
import type { RecordingsView } from '../../src/application/ports/recordings-view.js';
import type { Ending } from '../support/temp-dir.js';
import type { EventLog } from './event-log.js';
import type { ToldDictionary } from './told-dictionary.js';

/** The views of one engine over a log of their own. */
export interface ViewsUnderTest {
  readonly log: EventLog;
  /** Resolves when every view holds all that the log does. */
  caughtUp(): Promise<void>;
  /** What the FAQ search applies to queries. */
  readonly dictionary: ToldDictionary;
  readonly faqSearch: FaqSearch;
  readonly contactHistory: ContactHistory;
  readonly departmentInbox: DepartmentInbox;
  readonly recordings: RecordingsView;
  readonly directory: Directory;
}

/** `ending`: when they are to be closed; when the test ends, if absent. */
export type OpenViewsUnderTest = (ending?: Ending) => Promise<ViewsUnderTest>;
