import type { TypeOf } from 'io-ts';
import type {
  DeclareEmergency as DeclareEmergencyData,
  EndEmergency as EndEmergencyData,
} from '../../domain/emergency/commands.js';
import { emergencyRegister } from '../../domain/emergency/emergency-register.js';
import type { EmergencyId } from '../../domain/kernel/ids.js';
import { createdId } from '../aggregates/ids.js';
import { handles, noFacts, Submit } from '../aggregates/submit.js';

export class DeclareEmergency extends Submit<TypeOf<typeof DeclareEmergencyData>> {}
export class EndEmergency extends Submit<EndEmergencyData> {}

/** The id of the emergency that a command declares. */
export const emergencyId = (commandId: string): EmergencyId => createdId(commandId, 'emergency');

export const emergencyHandlers = [
  handles(DeclareEmergency, emergencyRegister, 'DeclareEmergency', async (_, { request }) => ({
    emergency: emergencyId(request.commandId),
  })),
  handles(EndEmergency, emergencyRegister, 'EndEmergency', noFacts),
];
