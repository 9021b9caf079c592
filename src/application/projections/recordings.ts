import type { RecordingId } from '../../domain/kernel/ids.js';
import { recordingEvents, type RecordingEvent } from '../../domain/recording/events.js';
import type { RecordingEntry } from '../ports/recordings-view.js';
import type { Projection } from './projection.js';

/** Recordings, their due dates and their listenings (K3, K4, K6, K7): one document a recording. */
export const recordings: Projection<RecordingEntry, RecordingEvent> = {
  name: 'recordings',
  version: 1,
  events: recordingEvents,
  keys: ({ id }) => [id],
  apply: (entry, { event, id, revision, occurredAt }) => {
    if (event.type === 'RecordingRegistered') {
      const { call, source, startedAt, endedAt, bytes, mediaType, dueAt } = event.data;
      const told = { call, source, startedAt, endedAt, bytes, mediaType, dueAt };
      return { id: id as RecordingId, ...told, sensitive: false, listened: 0, revision };
    }
    // A lost recording leaves nothing to list; its stream tells of it.
    if (event.type === 'RecordingLost' || entry === undefined) return entry;
    switch (event.type) {
      case 'RecordingQuarantined':
        return { ...entry, quarantined: event.data.reason, revision };
      case 'RecordingReleased': {
        const { quarantined: _, ...released } = entry;
        return { ...released, revision };
      }
      case 'RecordingFlaggedSensitive':
        return { ...entry, sensitive: true, sensitiveGround: event.data.ground, revision };
      case 'SensitiveFlagCleared': {
        const { sensitiveGround: _, ...cleared } = entry;
        return { ...cleared, sensitive: false, revision };
      }
      case 'RecordingListened':
        return { ...entry, listened: entry.listened + 1, lastListenedAt: occurredAt, revision };
      case 'DestructionRequested':
        return { ...entry, destructionRequested: event.data.reason, revision };
      case 'RecordingDestroyed':
        return { ...entry, destroyedAt: event.data.goneAt, revision };
    }
  },
};
