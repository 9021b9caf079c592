import type { RecordedEvent } from '../../../application/ports/event-store.js';

// Every server takes 1 MiB of data in one append, and answers many small events late.
const RUN_EVENTS = 500;
const RUN_BYTES = 512 * 1_024;

type Run = [RecordedEvent, ...RecordedEvent[]];

/** Neighbours of one stream, few enough for one append. */
export function* runs(events: ReadonlyArray<RecordedEvent>): Generator<Run> {
  let run: Run | undefined;
  let bytes = 0;
  for (const event of events) {
    const size = JSON.stringify(event.content).length * 3;
    if (run !== undefined && run[0].stream === event.stream && run.length < RUN_EVENTS && bytes + size <= RUN_BYTES) {
      run.push(event);
      bytes += size;
      continue;
    }
    if (run !== undefined) yield run;
    run = [event];
    bytes = size;
  }
  if (run !== undefined) yield run;
}
