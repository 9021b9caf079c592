import type { Position } from '../../src/application/ports/event-store.js';
import type { Projection } from '../../src/application/projections/projection.js';
import { departmentEvents, type DepartmentEvent } from '../../src/domain/department/events.js';
import type { ElasticView } from '../../src/infrastructure/views/elasticsearch/elastic-view.js';

/** What happened to a department since it was opened last; under `open`, which of them are open. */
interface Openness {
  readonly open: ReadonlyArray<string>;
  readonly events: ReadonlyArray<Position>;
}

/**
 * A projection that removes documents, and makes them again: what is closed is gone. A document names every event that
 * made it, so that one that was lost, came twice or in another order shows.
 */
const openDepartments: Projection<Openness, DepartmentEvent> = {
  name: 'faq-use',
  version: 1,
  events: departmentEvents,
  keys: ({ id }) => [id, 'open'],
  apply: (document, { event, id, position }, key) => {
    const { open, events } = document ?? { open: [], events: [] };
    const others = open.filter((other) => other !== id);
    switch (event.type) {
      case 'DepartmentOpened':
        return { open: [...others, id], events: [...events, position] };
      case 'DepartmentRenamed':
        return document && { open, events: [...events, position] };
      case 'DepartmentClosed':
        return key === 'open' && others.length > 0 ? { open: others, events: [...events, position] } : undefined;
    }
  },
};

export const openDepartmentsView: ElasticView<Openness> = {
  projection: openDepartments,
  schemaVersion: 1,
  properties: { open: { type: 'keyword' }, events: { type: 'integer' } },
  fields: ({ open, events }) => ({ open, events: events.length }),
};
