import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createInterface } from 'node:readline';

/** Writes as they were made, a line each, in a file: a million events make more of them than memory holds. */
export class Recorded<A> {
  readonly #stream: WriteStream;

  constructor(private readonly file: string) {
    this.#stream = createWriteStream(file);
  }

  add(write: A): void {
    this.#stream.write(`${JSON.stringify(write)}\n`);
  }

  /** Replays them in chunks; resolves with the milliseconds that `replay` took, reading and parsing left out. */
  async replay(chunk: number, replay: (writes: ReadonlyArray<A>) => void | Promise<void>): Promise<number> {
    this.#stream.end();
    await finished(this.#stream);
    let ms = 0;
    let writes: A[] = [];
    const flush = async () => {
      const began = performance.now();
      await replay(writes);
      ms += performance.now() - began;
      writes = [];
    };
    for await (const line of createInterface({ input: createReadStream(this.file), crlfDelay: Infinity })) {
      if (writes.push(JSON.parse(line) as A) === chunk) await flush();
    }
    await flush();
    return ms;
  }
}
