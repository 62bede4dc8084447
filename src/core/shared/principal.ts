import { z } from 'zod';

/** The roles of each area, weakest first; a stronger one includes the weaker. */
export const areaRoles = {
  restore: ['read', 'admin'],
  probe: ['USER', 'ADMIN'],
  pods: ['read', 'write', 'admin'],
  sla: ['VIEWER', 'OPERATOR', 'ADMIN'],
  query: ['read', 'write', 'admin'],
} as const;

export type Area = keyof typeof areaRoles;
export type RoleOf<A extends Area> = (typeof areaRoles)[A][number];

export const areaNames = ['restore', 'probe', 'pods', 'sla', 'query'] as const satisfies readonly Area[];

/** At most one role per area; none = the area is closed to its holder. */
export const Grants = z.strictObject({
  restore: z.enum(areaRoles.restore).optional(),
  probe: z.enum(areaRoles.probe).optional(),
  pods: z.enum(areaRoles.pods).optional(),
  sla: z.enum(areaRoles.sla).optional(),
  query: z.enum(areaRoles.query).optional(),
});
export type Grants = z.infer<typeof Grants>;

/** The strongest role in every area. */
export const allGrants: Grants = { restore: 'admin', probe: 'ADMIN', pods: 'admin', sla: 'ADMIN', query: 'admin' };

/** Who asks. Made from a credential by the surface that received it; the areas' rules know nothing but this. */
export interface Principal {
  /**
   * `local`: the command line on its own data directory. `anonymous`: a surface that asks for no credential.
   * `token`: an ops token. `session`: a person who logged in. `surface`: a credential that a platform documents,
   * e.g. of `KYMA_AUTH_TOKENS`.
   */
  readonly kind: 'local' | 'anonymous' | 'token' | 'session' | 'surface';
  /** For the audit; never a secret. */
  readonly name: string;
  readonly grants: Grants;
  /** The only databases of the query area that exist for it; undefined = all. */
  readonly databases?: readonly string[];
  /** The caller sits on this machine. Only with it may somebody anonymous see what is ours alone. */
  readonly loopback?: boolean;
}

/** Whoever runs a command on a data directory can read its files anyway: administrator of every area. */
export const localPrincipal: Principal = { kind: 'local', name: 'local', grants: allGrants, loopback: true };

/** True where the principal has this role of the area or a stronger one. */
export const hasRole = <A extends Area>(principal: Pick<Principal, 'grants'>, area: A, role: RoleOf<A>): boolean => {
  const roles: readonly string[] = areaRoles[area];
  const held = principal.grants[area];
  return held !== undefined && roles.indexOf(held) >= roles.indexOf(role);
};

/** True for an administrator of at least one area: who may ask for what is documented nowhere but here. */
export const isAdministrator = ({ grants }: Pick<Principal, 'grants'>): boolean =>
  areaNames.some((area) => grants[area] !== undefined && grants[area] === areaRoles[area].at(-1));
