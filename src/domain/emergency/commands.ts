import type { TypeOf } from 'io-ts';
import { list, record } from '../kernel/codec.js';
import type { Command } from '../kernel/decider.js';
import { EmergencyId, SiteCode } from '../kernel/ids.js';
import { EmergencyKind } from './events.js';

export const DeclareEmergency = record('DeclareEmergency', { kind: EmergencyKind }, { sites: list(SiteCode, 50) });
export type EndEmergency = { readonly emergency: EmergencyId };

export type EmergencyCommand =
  /** `facts.emergency`: the id that follows from the command's own. */
  | Command<'DeclareEmergency', TypeOf<typeof DeclareEmergency>, { readonly emergency: EmergencyId }>
  | Command<'EndEmergency', EndEmergency>;
