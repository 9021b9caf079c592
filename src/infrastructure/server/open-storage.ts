import type { Clock } from '../../application/ports/clock.js';
import type { Config } from '../config.js';
import { openEmbedded } from './embedded-storage.js';
import { openShared } from './shared-storage.js';
import type { Storage } from './storage.js';

/** Throws when another process has the data directory, or something in it or behind an address cannot be used. */
export const openStorage = (config: Config, clock: Clock, buildWorker: URL): Promise<Storage> =>
  config.shared === undefined
    ? openEmbedded(config, clock, buildWorker)
    : openShared(config, config.shared, clock, buildWorker);
