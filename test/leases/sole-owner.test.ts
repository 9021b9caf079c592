import { SoleOwner } from '../../src/infrastructure/leases/sole-owner.js';
import { leasesContract } from './leases.contract.js';

leasesContract('SoleOwner', async () => {
  const leases = new SoleOwner();
  return { join: async () => leases };
});
