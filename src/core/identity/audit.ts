import type { OpsEvent } from '../shared/index.js';
import type { Actor } from './identity-service.js';

/** A name in the books: what somebody sent may be anything. */
const mostNameLength = 128;

/** The event of a change, for the transaction that makes it. `detail` never holds a secret. */
export const auditWrite = (change: {
  readonly action: string;
  /** e.g. `token nightly`. */
  readonly subject: string;
  readonly actor: Actor;
  readonly at: Date;
  readonly newId: () => string;
  readonly detail?: Readonly<Record<string, unknown>>;
}): OpsEvent => {
  const { action, subject, actor, at, newId, detail } = change;
  const { name, kind } = actor.principal;
  return {
    type: 'audit.write',
    subject,
    at,
    // A command on this machine has no request; an id of its own keeps its rows together.
    payload: { actor: name, kind, action, outcome: 'ok', request_id: actor.requestId ?? newId(), ...detail },
  };
};

/** Somebody did not get in. The name is what was sent, cut; the password is nowhere. */
export const auditLoginFailed = (login: {
  readonly username: string;
  readonly address: string;
  readonly requestId: string;
  readonly at: Date;
}): OpsEvent => {
  const name = login.username.slice(0, mostNameLength);
  return {
    type: 'audit.login_failed',
    subject: `account ${name}`,
    at: login.at,
    payload: {
      actor: name,
      kind: 'anonymous',
      action: 'session.create',
      outcome: 'refused',
      request_id: login.requestId,
      address: login.address,
    },
  };
};
