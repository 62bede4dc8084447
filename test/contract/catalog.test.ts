import { describe } from 'vitest';
import { catalogContract } from './catalog.js';
import { eventLogContract, leasesContract } from './events-and-leases.js';
import { stores } from './stores.js';

for (const [name, open] of Object.entries(stores)) {
  describe(`${name} catalogue`, () => catalogContract(open));
  describe(`${name} event log`, () => eventLogContract(open));
  describe(`${name} leases`, () => leasesContract(open));
}
