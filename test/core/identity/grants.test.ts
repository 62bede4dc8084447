import { expect, test } from 'vitest';
import { demandHolds, rolesText } from '../../../src/core/identity/grants.js';
import { type Grants, localPrincipal, type Principal } from '../../../src/core/shared/index.js';

const holder = (grants: Grants, rest: Partial<Principal> = {}): Principal => ({
  kind: 'token',
  name: 'ci',
  grants,
  ...rest,
});

const outcome = (principal: Principal, wanted: Grants): string => {
  try {
    demandHolds(principal, wanted, 'give');
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

test.each([
  ['the same role', holder({ query: 'write' }), { query: 'write' }, 'ok'],
  ['a weaker one', holder({ sla: 'ADMIN' }), { sla: 'OPERATOR' }, 'ok'],
  ['nothing', holder({}), {}, 'ok'],
  ['a stronger one', holder({ query: 'write' }), { query: 'admin' }, 'query=admin'],
  ['another area', holder({ query: 'admin' }), { query: 'read', probe: 'USER' }, 'give probe=USER:'],
  ['anything from this machine', localPrincipal, { probe: 'ADMIN' }, 'ok'],
  [
    'anything, seeing some databases only',
    holder({ query: 'admin' }, { databases: ['shop'] }),
    { query: 'read' },
    'query=read',
  ],
] satisfies readonly (readonly [string, Principal, Grants, string])[])('%s', (_, principal, wanted, said) => {
  expect(outcome(principal, wanted)).toContain(said);
});

test('roles are written in the order of the areas', () => {
  expect(rolesText({ query: 'read', restore: 'admin' })).toBe('restore=admin query=read');
});
