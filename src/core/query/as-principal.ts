import { OpsError } from '../../base/errors.js';
import { hasRole, type Principal, type RoleOf } from '../shared/index.js';
import { reservedDatabase } from './names.js';
import type { QueryService } from './query-service.js';

type QueryRole = RoleOf<'query'>;

const forbidden = (message: string, hint: string): OpsError =>
  new OpsError('forbidden', message, hint, { reason: 'forbidden' });

/** True for whoever may know that the reserved database exists: administrators, and with auth off this machine. */
const seesReserved = (principal: Principal): boolean =>
  hasRole(principal, 'query', 'admin') && (principal.kind !== 'anonymous' || principal.loopback === true);

/** True where the database exists for this principal. */
export const seesDatabase = (principal: Principal, database: string): boolean =>
  (principal.databases === undefined || principal.databases.includes(database)) &&
  (database !== reservedDatabase || seesReserved(principal));

/** Throws `forbidden` where the role is too low. */
export const demandRole = (principal: Principal, role: QueryRole): void => {
  if (hasRole(principal, 'query', role)) return;
  throw forbidden(
    `${principal.name} has not the query role "${role}"`,
    `use a token that has it: ops auth token create --name NAME --role query=${role}`,
  );
};

/**
 * The service as this principal may use it: each call throws `forbidden` where the role is too low, the database out of
 * the token's scope, or reserved (`kyma` §1.1, §2.1); the schema holds only what it may see.
 */
export const asPrincipal = (service: QueryService, principal: Principal): QueryService => {
  const demand = (role: QueryRole, database: string): void => {
    demandRole(principal, role);
    if (seesDatabase(principal, database)) return;
    throw forbidden(`database "${database}" is out of reach of ${principal.name}`, 'ask for a token that covers it');
  };
  return {
    query: async (request) => {
      demand('read', request.database);
      return service.query(request);
    },
    explain: async (request) => {
      demand('read', request.database);
      return service.explain(request);
    },
    async *follow(request) {
      demand('read', request.database);
      yield* service.follow(request);
    },
    ingest: async (request) => {
      demand('write', request.database);
      return service.ingest(request);
    },
    schema: async () => {
      demandRole(principal, 'read');
      const { databases } = await service.schema();
      return { databases: databases.filter(({ name }) => seesDatabase(principal, name)) };
    },
    provision: async (database, table, spec) => {
      demand('write', database);
      return service.provision(database, table, spec);
    },
    describe: async (database, table) => {
      demand('write', database);
      return service.describe(database, table);
    },
    cleanup: async (database, table, before) => {
      demand('write', database);
      return service.cleanup(database, table, before);
    },
    compact: async (database, table) => {
      demand('write', database);
      return service.compact(database, table);
    },
    close: () => service.close(),
  };
};
