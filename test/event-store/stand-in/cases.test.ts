import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, describe, expect, test } from 'vitest';
import recorded from './cases/answers.json' with { type: 'json' };
import { Run } from './cases/run.js';
import { scenarios } from './cases/scenarios.js';
import { StandIn } from './stand-in.js';

const answers: Readonly<Record<string, ReadonlyArray<unknown>>> = recorded;

test('each of the 119 steps has the answer of a real EventStoreDB', () => {
  expect(scenarios.flatMap(({ steps }) => steps)).toHaveLength(119);
  expect(scenarios.map(({ name, steps }) => [name, steps.length])).toEqual(
    Object.entries(answers).map(([name, all]) => [name, all.length]),
  );
});

describe('the stand-in answers as a real EventStoreDB did', () => {
  const standIns: StandIn[] = [];
  // Only now: when a call of one client ends, the client library rejects the appends of every other.
  afterAll(async () => {
    for (const standIn of standIns) await standIn.stop();
  });

  test.concurrent.for(scenarios)('$name', async ({ name, steps }, { expect }) => {
    const standIn = await StandIn.start();
    standIns.push(standIn);
    const run = new Run(EventStoreDBClient.connectionString(standIn.url));
    for (const [place, step] of steps.entries())
      expect(await run.answer(step), JSON.stringify(step)).toEqual(answers[name]![place]);
  });
});
