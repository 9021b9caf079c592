/** To whoever waits; what comes of it goes to stdout. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const EVERY_MS = 10_000;

/** Tells how far something has come, now and then and at its end. */
export const progress = (what: string, all: number) => {
  let told = performance.now();
  return (done: number): void => {
    if (done < all && performance.now() - told < EVERY_MS) return;
    told = performance.now();
    tell(`${what}: ${done} of ${all}`);
  };
};
