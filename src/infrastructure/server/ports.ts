import { Logger, type Provider } from '@nestjs/common';
import { Clock } from '../../application/ports/clock.js';
import { ContactHistory } from '../../application/ports/contact-history.js';
import { DepartmentInbox } from '../../application/ports/department-inbox.js';
import { Directory } from '../../application/ports/directory.js';
import { EventStore } from '../../application/ports/event-store.js';
import { FaqSearch } from '../../application/ports/faq-search.js';
import { KeyVault } from '../../application/ports/key-vault.js';
import { OfficeCalendar } from '../../application/ports/office-calendar.js';
import { RecorderAudio } from '../../application/ports/recorder-audio.js';
import { RecorderHealth } from '../../application/ports/recorder-health.js';
import { RecorderIngest } from '../../application/ports/recorder-ingest.js';
import { RecordingsView } from '../../application/ports/recordings-view.js';
import { Views } from '../../application/ports/views.js';
import type { ConfiguredRecorder } from '../../plugins/host/configuration.js';
import { RecorderHost } from '../../plugins/host/recorder-host.js';
import { SqliteContactHistory } from '../views/sqlite/contact-history.js';
import { SqliteDepartmentInbox } from '../views/sqlite/department-inbox.js';
import { SqliteDirectory } from '../views/sqlite/directory.js';
import { SqliteFaqSearch } from '../views/sqlite/faq-search.js';
import { SqliteRecordingsView } from '../views/sqlite/recordings.js';
import type { Storage } from './storage.js';

/** Which adapter stands behind which port. */
export const portsOver = (
  { store, keys, views, pluginState, leases }: Storage,
  clock: Clock,
  calendar: OfficeCalendar,
  recorders: ReadonlyArray<ConfiguredRecorder>,
): ReadonlyArray<Provider> => [
  { provide: Clock, useValue: clock },
  { provide: EventStore, useValue: store },
  { provide: KeyVault, useValue: keys },
  { provide: Views, useValue: views },
  { provide: FaqSearch, useValue: new SqliteFaqSearch(views) },
  { provide: ContactHistory, useValue: new SqliteContactHistory(views) },
  { provide: DepartmentInbox, useValue: new SqliteDepartmentInbox(views) },
  { provide: RecordingsView, useValue: new SqliteRecordingsView(views) },
  { provide: Directory, useValue: new SqliteDirectory(views) },
  { provide: OfficeCalendar, useValue: calendar },
  {
    provide: RecorderHost,
    inject: [RecorderIngest],
    useFactory: (ingest: RecorderIngest) =>
      new RecorderHost({ recorders, ingest, state: pluginState, leases, log: (instance) => logOf(instance) }),
  },
  { provide: RecorderAudio, useExisting: RecorderHost },
  { provide: RecorderHealth, useExisting: RecorderHost },
];

const logOf = (instance: string) => {
  const logger = new Logger(instance);
  return {
    info: (message: string) => logger.log(message),
    warn: (message: string) => logger.warn(message),
    error: (message: string) => logger.error(message),
  };
};
