import { OpsError } from '../../base/errors.js';
import { type Area, areaNames, type Grants, hasRole, type Principal, type RoleOf } from '../shared/index.js';

/** Roles as pairs, in the order of the areas. */
export const rolesOf = (grants: Grants): readonly (readonly [area: Area, role: RoleOf<Area>])[] =>
  areaNames.flatMap((area) => {
    const role = grants[area];
    return role === undefined ? [] : [[area, role] as const];
  });

/** `query=read sla=VIEWER`, as the command line writes them; empty for none. */
export const rolesText = (grants: Grants): string =>
  rolesOf(grants)
    .map(([area, role]) => `${area}=${role}`)
    .join(' ');

/** The roles among `wanted` that the principal has not, nor stronger ones. */
export const beyond = (principal: Principal, wanted: Grants): Grants => {
  // Whoever may see some databases only could hand out all of them.
  const isScoped = principal.databases !== undefined;
  const excess = rolesOf(wanted).filter(([area, role]) => isScoped || !hasRole(principal, area, role));
  return Object.fromEntries(excess);
};

/**
 * Throws `forbidden` where somebody would give or take a role that he has not himself. The command line on its own data
 * directory may do everything: it could as well write the files.
 */
export const demandHolds = (principal: Principal, wanted: Grants, verb: 'give' | 'take away'): void => {
  if (principal.kind === 'local') return;
  const excess = beyond(principal, wanted);
  if (rolesOf(excess).length === 0) return;
  throw new OpsError(
    'forbidden',
    `${principal.name} cannot ${verb} ${rolesText(excess)}: that is more than its own roles`,
    'ask an administrator of that area',
    { reason: 'forbidden' },
  );
};
