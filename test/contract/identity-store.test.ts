import { describe } from 'vitest';
import { identityStoreContract } from './identity-store.js';
import { stores } from './stores.js';

for (const [name, open] of Object.entries(stores))
  describe(`${name} identity store`, () => identityStoreContract(open));
