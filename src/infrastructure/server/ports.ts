import { Logger, type Provider } from '@nestjs/common';
import { Clock } from '../../application/ports/clock.js';
import { EventStore } from '../../application/ports/event-store.js';
import { KeyVault } from '../../application/ports/key-vault.js';
import { OfficeCalendar } from '../../application/ports/office-calendar.js';
import { RecorderAudio } from '../../application/ports/recorder-audio.js';
import { RecorderHealth } from '../../application/ports/recorder-health.js';
import { RecorderIngest } from '../../application/ports/recorder-ingest.js';
import { Views } from '../../application/ports/views.js';
import type { ConfiguredRecorder } from '../../plugins/host/configuration.js';
import { RecorderHost } from '../../plugins/host/recorder-host.js';
import type { Storage } from './storage.js';

/** Which adapter stands behind which port. */
export const portsOver = (
  { store, keys, views, viewPorts, pluginState, leases }: Storage,
  clock: Clock,
  calendar: OfficeCalendar,
  recorders: ReadonlyArray<ConfiguredRecorder>,
): ReadonlyArray<Provider> => [
  { provide: Clock, useValue: clock },
  { provide: EventStore, useValue: store },
  { provide: KeyVault, useValue: keys },
  { provide: Views, useValue: views },
  ...viewPorts,
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
