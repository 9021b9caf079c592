import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AnalyticsDocument } from '../../src/application/projections/analytics.js';
import { analyticsView, SqliteAnalytics } from '../../src/infrastructure/views/sqlite/analytics.js';
import { analyticsContract, type AnalyticsUnderTest } from './analytics.contract.js';
import { arbitraryEvent } from './arbitrary-event.js';
import { EventLog } from './event-log.js';
import { caughtUp, openViews } from './views-fixture.js';

const open = async () => {
  const log = new EventLog();
  const views = await openViews(log, { views: [analyticsView] });
  const analytics: AnalyticsUnderTest['analytics'] = new SqliteAnalytics(views);
  return { log, views, caughtUp: () => caughtUp(views, log, 'analytics'), analytics };
};

describe('SQLite', () => {
  analyticsContract(open, 100);
});

/** What the tables count, without what was counted and taken away again; profiles by what they are. */
const counts = (db: DatabaseSync) => ({
  hourly: db.prepare('SELECT * FROM hourly WHERE contacts + calls > 0').all(),
  properties: db.prepare('SELECT * FROM hourly_properties WHERE contacts + calls > 0').all(),
  profiles: db
    .prepare(
      `SELECT profiles.contacts, hourly_profiles.* FROM hourly_profiles JOIN profiles ON profiles.id = profile
        WHERE conversations > 0 ORDER BY 1, hour, site`,
    )
    .all()
    .map(({ profile: _, ...row }) => row),
  articles: db.prepare('SELECT * FROM hourly_articles WHERE contacts > 0').all(),
  searches: db.prepare('SELECT * FROM hourly_searches WHERE searches > 0').all(),
  terms: db.prepare('SELECT * FROM hourly_terms WHERE searches > 0').all(),
});

test('what is counted by the hour is what the documents that there are add up to', async () => {
  const stream = (type: string, id: string): readonly [string, string] => [type.startsWith('call') ? 'call' : type, id];
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryEvent(analyticsView.projection.events), { maxLength: 40 }), async (facts) => {
      const { log, views, caughtUp: done } = await open();
      for (const { id, event } of facts) log.add(...stream(event.type.toLowerCase(), id), event);
      await done();
      const db = views.read('analytics');

      const recount = new DatabaseSync(':memory:');
      onTestFinished(() => recount.close());
      for (const statement of analyticsView.schema) recount.exec(statement);
      const index = analyticsView.index!(recount);
      for (const { id, key, document } of db.prepare('SELECT id, key, document FROM documents').all())
        index.put(id as number, key as string, JSON.parse(document as string) as AnalyticsDocument);
      expect(counts(db)).toEqual(counts(recount));
      for (const { id } of db.prepare('SELECT id FROM documents').all()) index.remove(id as number);
      expect(Object.values(counts(recount)).flat()).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
