import { describe, expect, test } from 'vitest';
import type { ViewStatus } from '../../src/application/ports/views.js';
import type { Input } from '../../src/infrastructure/http/input.js';
import { MetricsController } from '../../src/infrastructure/http/routes/metrics.controller.js';
import { SystemState } from '../../src/infrastructure/http/system-state.js';

const live: ViewStatus = { view: 'recordings', version: '1.1', events: 7, state: 'live', lag: { events: 0, ageMs: 0 } };
const behind: ViewStatus = { ...live, lag: { events: 12, ageMs: 3_500 }, outage: 'cluster_block_exception' };
const stopped: ViewStatus = { ...live, view: 'directory', state: 'stopped' };
const rebuilding: ViewStatus = {
  ...live,
  view: 'faq-articles',
  state: 'rebuilding',
  rebuild: { done: 40, total: 100, eventsPerSecond: 20 },
};

/** The state over parts that answer what `parts` says now. */
const stateOver = (parts: { store: () => Promise<unknown>; views: () => Promise<ReadonlyArray<ViewStatus>> }) => {
  const feed = () => ({ state: 'live', resumptions: 0, outages: 0 });
  const none = () => [];
  return new SystemState(
    ...([
      { head: () => parts.store(), feed },
      { ping: async () => undefined },
      { status: () => parts.views() },
      { overdueCount: async () => 2 },
      { health: none },
      { status: none },
      { status: none },
      { status: async () => undefined, reactions: none },
      { now: () => '2026-04-01T00:30:00.000Z' },
    ] as unknown as ConstructorParameters<typeof SystemState>),
  );
};

describe('metrics of views', () => {
  test('tell where each stands, and of a rebuild while there is one', async () => {
    let views = [behind, stopped, rebuilding];
    const controller = new MetricsController(stateOver({ store: async () => '0-1', views: async () => views }));
    /** The samples of views, in the order of their names. */
    const samples = async () =>
      (await controller.metrics({} as Input))
        .split('\n')
        .filter((line) => line.startsWith('madoguchi_view_'))
        .map((line) => line.replace('madoguchi_view_', ''))
        .toSorted();
    expect(await samples()).toEqual([
      'events_behind{view="directory"} 0',
      'events_behind{view="faq-articles"} 0',
      'events_behind{view="recordings"} 12',
      'events_taken_in{view="directory"} 7',
      'events_taken_in{view="faq-articles"} 7',
      'events_taken_in{view="recordings"} 7',
      'outage{view="directory"} 0',
      'outage{view="faq-articles"} 0',
      'outage{view="recordings"} 1',
      'rebuild_events_done{view="faq-articles"} 40',
      'rebuild_events_total{view="faq-articles"} 100',
      'rebuild_stopped{view="faq-articles"} 0',
      'seconds_behind{view="directory"} 0',
      'seconds_behind{view="faq-articles"} 0',
      'seconds_behind{view="recordings"} 3.5',
      'stopped{view="directory"} 1',
      'stopped{view="faq-articles"} 0',
      'stopped{view="recordings"} 0',
    ]);
    views = [live];
    expect(await samples()).toEqual([
      'events_behind{view="recordings"} 0',
      'events_taken_in{view="recordings"} 7',
      'outage{view="recordings"} 0',
      'seconds_behind{view="recordings"} 0',
      'stopped{view="recordings"} 0',
    ]);
  });
});

describe('readiness', () => {
  const never = () => new Promise<never>(() => undefined);
  const down = () => Promise.reject(new Error('down'));

  test.each([
    ['hang', never],
    ['fail', down],
  ])('does not hang on views that %s: they are told as they stood, with an outage', async (_, views) => {
    const parts = { store: async () => '0-1', views: async (): Promise<ReadonlyArray<ViewStatus>> => [live, behind] };
    const state = stateOver(parts);
    expect(await state.ask()).toEqual({ views: [live, behind], overdueCallbacks: 2 });
    parts.views = views;
    const outage = [{ ...live, outage: 'no answer' }, behind];
    expect(await state.ask()).toEqual({ views: outage, overdueCallbacks: 2 });
  });

  test.each([
    ['hangs', never],
    ['fails', down],
  ])('needs a store that answers: not one that %s', async (_, store) => {
    const state = stateOver({ store, views: async () => [live] });
    expect(await state.ask()).toBeUndefined();
  });
});
