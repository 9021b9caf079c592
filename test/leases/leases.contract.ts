import { describe, expect, test } from 'vitest';
import type { Leases } from '../../src/application/ports/leases.js';
import { Holder } from './holder.js';

/** Where leases are kept. `join` gives the leases as a process sees them that works there, each time one more if there can be more. */
export interface PlaceOfLeases {
  readonly join: () => Promise<Leases>;
}

/** What all leases keep to. */
export const leasesContract = (name: string, make: () => Promise<PlaceOfLeases>): void => {
  const two = async () => {
    const place = await make();
    return [await place.join(), await place.join()] as const;
  };

  describe(`${name} keeps to the contract of leases`, () => {
    test('gives a lease whose signal ends with the work', async () => {
      const [leases] = await two();
      const holder = new Holder(leases, 'reaction:a', async ({ signal, epoch }) => {
        expect(signal.aborted).toBe(false);
        expect(epoch).toBeGreaterThan(0);
      });
      await holder.ended;
      expect(holder.given).toMatchObject([{ name: 'reaction:a' }]);
      expect(holder.given[0]!.signal.aborted).toBe(true);
    });

    test('has one owner at a time, here and elsewhere, each of a greater epoch', async () => {
      const [here, elsewhere] = await two();
      const holders = [here, elsewhere, here, elsewhere].map((leases) => new Holder(leases, 'reaction:a'));
      let [waiting, epoch] = [holders, 0];
      while (waiting.length > 0) {
        await expect.poll(() => waiting.filter(({ given }) => given.length > 0).length).toBe(1);
        const owner = waiting.find(({ given }) => given.length > 0)!;
        expect(owner.given[0]!.epoch).toBeGreaterThan(epoch);
        epoch = owner.given[0]!.epoch;
        waiting = waiting.filter((holder) => holder !== owner);
        await owner.leave();
        expect(owner.given).toHaveLength(1);
      }
    });

    test('lets those of other names alone', async () => {
      const [here, elsewhere] = await two();
      const holders = ['reaction:a', 'reaction:b', "recorder:'; --"].map(
        (name, n) => new Holder(n % 2 === 0 ? here : elsewhere, name),
      );
      for (const holder of holders) await holder.owns();
      for (const { given } of holders) expect(given[0]!.signal.aborted).toBe(false);
    });

    test('is waited for no longer than wanted', async () => {
      const [here, elsewhere] = await two();
      const owner = new Holder(here, 'reaction:a');
      await owner.owns();
      const waiting = new Holder(elsewhere, 'reaction:a');
      await waiting.leave();
      expect(waiting.given).toEqual([]);
      const signal = AbortSignal.abort();
      await here.hold('reaction:b', signal, () => Promise.reject(new Error('must not run')));
    });

    test('is kept until the work has ended in order, though it is to be given back', async () => {
      const [here, elsewhere] = await two();
      const cleared = Promise.withResolvers<void>();
      const owner = new Holder(here, 'reaction:a', () => cleared.promise);
      const { signal } = await owner.owns();
      const next = new Holder(elsewhere, 'reaction:a');
      const left = owner.leave();
      expect(signal.aborted).toBe(true);
      expect(here.status()).toContainEqual(expect.objectContaining({ state: 'owned' }));
      expect(next.given).toEqual([]);
      cleared.resolve();
      await left;
      await next.owns();
    });

    test("hands on what the work throws, and is another's then", async () => {
      const [here, elsewhere] = await two();
      const broken = new Holder(here, 'reaction:a', () => Promise.reject(new RangeError('broken')));
      await expect(broken.ended).rejects.toThrow(RangeError);
      expect(broken.given[0]!.signal.aborted).toBe(true);
      await new Holder(elsewhere, 'reaction:a').owns();
    });

    test('shows who owns and who waits, and since when', async () => {
      const [here, elsewhere] = await two();
      expect(here.status()).toEqual([]);
      const before = new Date().toISOString();
      const owner = new Holder(here, 'reaction:a');
      const { epoch } = await owner.owns();
      const waiting = new Holder(elsewhere, 'reaction:a');
      expect(here.status()[0]).toMatchObject({ name: 'reaction:a', state: 'owned', epoch });
      expect(elsewhere.status().at(-1)).toMatchObject({ name: 'reaction:a', state: 'waiting' });
      for (const { since } of [...here.status(), ...elsewhere.status()]) expect(since >= before).toBe(true);
      await owner.leave();
      const later = await waiting.owns();
      expect(elsewhere.status()).toMatchObject([{ state: 'owned', epoch: later.epoch }]);
      await waiting.leave();
      expect(elsewhere.status()).toEqual([]);
    });
  });
};
