import { describe, expect, test } from 'vitest';
import type { Leases } from '../../src/application/ports/leases.js';
import type { PluginState } from '../../src/application/ports/plugin-state.js';
import { owned } from './owned.js';

/** A place where plugin instances keep things, opened again and again, with the leases under which they write. */
export interface PlaceOfPluginState {
  readonly open: () => Promise<{ readonly state: PluginState; readonly leases: Leases }>;
}

/** What the state of plugins keeps to. `make` gives an empty place. */
export const pluginStateContract = (name: string, make: () => Promise<PlaceOfPluginState>): void => {
  describe(`${name} keeps to the contract of plugin state`, () => {
    test('keeps the last value of each key of each instance, also when opened again', async () => {
      const place = await make();
      const { state, leases } = await place.open();
      const [honcho, kuyakusho] = [await owned(leases, 'recorder:honcho'), await owned(leases, 'recorder:kuyakusho')];
      expect(await state.get('honcho', 'cursor')).toBeUndefined();
      await state.set('honcho', 'cursor', '2', honcho);
      await state.set('honcho', 'cursor', '1', honcho);
      await state.set('kuyakusho', 'cursor', '3', kuyakusho);
      const again = await place.open();
      expect(await again.state.get('honcho', 'cursor')).toBe('1');
      expect(await again.state.get('kuyakusho', 'cursor')).toBe('3');
      expect(await again.state.get('honcho', 'other')).toBeUndefined();
    });

    test('keeps whatever text it is given', async () => {
      const { state, leases } = await (await make()).open();
      const lease = await owned(leases, 'recorder:honcho');
      for (const value of ['', "'; DROP TABLE plugin_state; --", '窓口\n\t☎', 'x'.repeat(100_000)]) {
        await state.set('honcho', value.slice(0, 40), value, lease);
        expect(await state.get('honcho', value.slice(0, 40))).toBe(value);
      }
    });
  });
};
