import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import type { Actor, IdentityService } from '../../core/identity/index.js';
import { localPrincipal } from '../../core/shared/index.js';

/** Who runs commands. A server knows better, by the credential, and asks nobody. */
export const me: Actor = { principal: localPrincipal };

/** Throws `forbidden` in a read-only context, before anything is sent. */
export const demandWritable = ({ settings }: Context): void => {
  if (!settings.readOnly) return;
  throw new OpsError(
    'forbidden',
    `context "${settings.context}" is read-only: nothing may be changed through it`,
    'choose another context with --context',
    { reason: 'read_only_context' },
  );
};

/** Identity, to change it. */
export const changingIdentity = async (ctx: Context): Promise<IdentityService> => {
  demandWritable(ctx);
  return ctx.identity();
};
