import { describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../src/application/ports/checkpoints.js';
import type { Position } from '../../src/application/ports/event-store.js';
import type { Leases } from '../../src/application/ports/leases.js';
import { owned } from './owned.js';

/** A place where checkpoints are kept, opened again and again, with the leases under which they are written. */
export interface PlaceOfCheckpoints {
  readonly open: () => Promise<{ readonly checkpoints: Checkpoints; readonly leases: Leases }>;
}

const at = (n: number, store = 'a1b2c3d4') => `${store}-${n.toString(16).padStart(16, '0')}` as Position;

/** What all checkpoints keep to. `make` gives an empty place. */
export const checkpointsContract = (name: string, make: () => Promise<PlaceOfCheckpoints>): void => {
  describe(`${name} keep to the contract of checkpoints`, () => {
    test('keep the last of each reaction, also when opened again', async () => {
      const place = await make();
      const { checkpoints, leases } = await place.open();
      const [erase, destroy] = [await owned(leases, 'reaction:erase'), await owned(leases, 'reaction:destroy')];
      expect(await checkpoints.get('erase')).toBeUndefined();
      await checkpoints.set('erase', at(1), erase);
      await checkpoints.set('erase', at(2), erase);
      await checkpoints.set('destroy', at(9), destroy);
      const again = await place.open();
      expect(await again.checkpoints.get('erase')).toBe(at(2));
      expect(await again.checkpoints.get('destroy')).toBe(at(9));
    });

    test('never go back', async () => {
      const { checkpoints, leases } = await (await make()).open();
      const lease = await owned(leases, 'reaction:erase');
      await checkpoints.set('erase', at(300), lease);
      await checkpoints.set('erase', at(299), lease);
      await checkpoints.set('erase', at(300), lease);
      expect(await checkpoints.get('erase')).toBe(at(300));
      await Promise.all(Array.from({ length: 40 }, (_, n) => checkpoints.set('erase', at(340 - n), lease)));
      expect(await checkpoints.get('erase')).toBe(at(340));
    });

    test('are dropped, each by itself, and begin anew from anywhere', async () => {
      const { checkpoints, leases } = await (await make()).open();
      const [erase, destroy] = [await owned(leases, 'reaction:erase'), await owned(leases, 'reaction:destroy')];
      await checkpoints.drop('erase', erase);
      await checkpoints.set('erase', at(300, 'ffffffff'), erase);
      await checkpoints.set('destroy', at(300, 'ffffffff'), destroy);
      await checkpoints.drop('erase', erase);
      expect(await checkpoints.get('erase')).toBeUndefined();
      await checkpoints.set('erase', at(1), erase);
      expect(await checkpoints.get('erase')).toBe(at(1));
      expect(await checkpoints.get('destroy')).toBe(at(300, 'ffffffff'));
    });
  });
};
