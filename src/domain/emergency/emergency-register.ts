import { onlyRoles } from '../kernel/actor.js';
import type { Decider } from '../kernel/decider.js';
import { invalid, notFound, unless, when } from '../kernel/errors.js';
import type { EmergencyId, SiteCode } from '../kernel/ids.js';
import type { Instant } from '../kernel/time.js';
import type { EmergencyCommand } from './commands.js';
import { EmergencyDeclared, EmergencyEnded, emergencyEvents, type EmergencyEvent } from './events.js';

export interface Declaration {
  readonly emergency: EmergencyId;
  /** Absent: all sites. */
  readonly sites?: ReadonlyArray<SiteCode>;
  readonly declaredAt: Instant;
  readonly endedAt?: Instant;
}

/** All declarations of the city, in one stream: whether one is in force must never be answered from a stale view. */
export type EmergencyState = ReadonlyArray<Declaration>;

/** The declaration in force at a site at a moment: from its declaration until its end (K3). */
export const inForce = (state: EmergencyState, site: SiteCode, at: Instant): Declaration | undefined =>
  state.find(
    ({ sites, declaredAt, endedAt }) =>
      (sites === undefined || sites.includes(site)) && declaredAt <= at && (endedAt === undefined || at < endedAt),
  );

const evolve = (state: EmergencyState, event: EmergencyEvent): EmergencyState => {
  switch (event.type) {
    case 'EmergencyDeclared': {
      const { emergency, sites, declaredAt } = event.data;
      return [...state, { emergency, declaredAt, ...(sites !== undefined && { sites }) }];
    }
    case 'EmergencyEnded':
      return state.map((declaration) =>
        declaration.emergency === event.data.emergency ? { ...declaration, endedAt: event.data.endedAt } : declaration,
      );
  }
};

/** Emergencies (災害等緊急時) are declared and ended by the responsible manager; a recorder's flag declares nothing. */
export const emergencyRegister: Decider<EmergencyCommand, EmergencyState, EmergencyEvent> = {
  category: 'emergency',
  events: emergencyEvents,
  initial: [],
  evolve,
  decide: (command, state) => {
    const entitled = onlyRoles(command.actor, 'responsible-manager');
    switch (command.type) {
      case 'DeclareEmergency':
        return unless(
          [
            ...entitled,
            ...when(
              command.data.sites?.length === 0,
              invalid('no_site', 'name a site, or leave the field out for all sites', 'sites'),
            ),
          ],
          () => [EmergencyDeclared({ ...command.data, emergency: command.facts.emergency, declaredAt: command.at })],
        );
      case 'EndEmergency': {
        const declaration = state.find(({ emergency }) => emergency === command.data.emergency);
        return unless(
          [
            ...entitled,
            ...when(declaration === undefined, notFound('emergency_not_found', 'there is no such declaration')),
          ],
          () =>
            declaration?.endedAt === undefined
              ? [EmergencyEnded({ emergency: command.data.emergency, endedAt: command.at })]
              : [],
        );
      }
    }
  },
};
