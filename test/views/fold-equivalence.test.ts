import { mkdirSync } from 'node:fs';
import { isRight } from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { projected, type Projection } from '../../src/application/projections/projection.js';
import { allViews } from '../../src/infrastructure/views/sqlite/all-views.js';
import type { SqliteViews } from '../../src/infrastructure/views/sqlite/sqlite-views.js';
import { tempDir } from '../support/temp-dir.js';
import { arbitraryEvent } from './arbitrary-event.js';
import { EventLog } from './event-log.js';
import { becomes, buildHere, caughtUp, openViews } from './views-fixture.js';

/** What the documents are by definition: the events folded, one after another. */
const folded = ({ events: definitions, ...projection }: Projection, log: EventLog): Record<string, unknown> => {
  const documents = new Map<string, unknown>();
  for (const recorded of log.events) {
    const event = projected(definitions, recorded);
    if (!isRight(event)) continue;
    for (const key of projection.keys(event.right)) {
      const document = projection.apply(documents.get(key), event.right, key);
      if (document === undefined) documents.delete(key);
      else documents.set(key, document);
    }
  }
  return Object.fromEntries(documents);
};

const stored = (views: SqliteViews, { name }: Projection): Record<string, unknown> =>
  Object.fromEntries(
    views
      .read(name)
      .prepare('SELECT key, document FROM documents')
      .all()
      .map(({ key, document }) => [key, JSON.parse(document as string)]),
  );

test.each(allViews.map((view) => [view.projection.name, view] as const))(
  '%s: taken in live in batches of any size, rebuilt and folded are the same',
  async (name, view) => {
    const events = fc.array(arbitraryEvent(view.projection.events), { maxLength: 40 });
    const folder = tempDir();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), async (facts, sizes) => {
        const log = new EventLog();
        let batch = 0;
        log.batchSize = () => sizes[batch++ % sizes.length]!;
        const own = `${folder}/${run++}`;
        mkdirSync(own);
        const views = await openViews(log, { folder: own, views: [view], buildView: buildHere(log, [view]) });
        for (const { id, event } of facts) log.add(categoryOfType(event.type), id, event);
        await caughtUp(views, log, name);
        expect(stored(views, view.projection)).toEqual(folded(view.projection, log));

        const before = views.read(name);
        await views.rebuild(name);
        await becomes(views, name, { state: 'live' });
        expect(views.read(name) === before).toBe(false);
        expect(stored(views, view.projection)).toEqual(folded(view.projection, log));
        await views.close();
      }),
      { numRuns: 25 },
    );
  },
);

// Streams of different aggregates never share a name; of the views, only the directory and the analytics read several.
const categories: Readonly<Record<string, string>> = {
  StaffRegistered: 'staff',
  StaffDutyChanged: 'staff',
  StaffDeactivated: 'staff',
  CallStarted: 'call',
  CallEnded: 'call',
  FaqSearchSettled: 'faqsearch',
};
const categoryOfType = (type: string) => categories[type] ?? 'department';
