import { OpsError } from './base/errors.js';
import type { IdentityService } from './core/identity/index.js';
import type { QueryService } from './core/query/index.js';

/** What a read-only context answers to every change; nothing is sent. */
export const readOnlyContext = (context: string): OpsError =>
  new OpsError(
    'forbidden',
    `context "${context}" is read-only: nothing may be changed through it`,
    'choose another context with --context',
    { reason: 'read_only_context' },
  );

/** The service without its changes. */
export const readOnlyQuery = (service: QueryService, context: string): QueryService => {
  const refuse = () => Promise.reject(readOnlyContext(context));
  return { ...service, ingest: refuse, provision: refuse, cleanup: refuse, compact: refuse };
};

/** The service without its changes; somebody may still log in and out. */
export const readOnlyIdentity = (service: IdentityService, context: string): IdentityService => {
  const refuse = () => Promise.reject(readOnlyContext(context));
  return {
    ...service,
    createToken: refuse,
    revokeToken: refuse,
    createAccount: refuse,
    deleteAccount: refuse,
    grant: refuse,
    revoke: refuse,
  };
};
