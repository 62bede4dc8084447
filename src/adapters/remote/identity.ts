import { z } from 'zod';
import { isOpsError } from '../../base/errors.js';
import { Account, CreatedToken, type IdentityService, OpsToken, Session, WhoAmI } from '../../core/identity/index.js';
import { parsedAs, succeeded } from './answers.js';
import type { Http, HttpCall } from './http.js';

const base = '/ops/v1/auth';

const json = (value: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
});

const get = (path: string): HttpCall => ({ method: 'GET', path: base + path, idempotent: true });
const change = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): HttpCall => ({
  method,
  path: base + path,
  ...(body !== undefined && json(body)),
  idempotent: false,
});

const segment = (name: string): string => encodeURIComponent(name);

/** Who the server takes the bearer of `credential` for (undefined: of the context's own). */
export const whoIs = async (http: Http, credential?: string): Promise<WhoAmI> => {
  const call: HttpCall = { ...get('/whoami'), ...(credential !== undefined && { credential }) };
  return parsedAs(http, await succeeded(http, call), { schema: WhoAmI, what: 'who you are' });
};

/** Accounts, tokens and sessions of a server. It knows by the credential who asks: `actor` and `from` say nothing to it. */
export const remoteIdentity = (http: Http): IdentityService => {
  const tokens = async (): Promise<readonly OpsToken[]> =>
    parsedAs(http, await succeeded(http, get('/tokens')), { schema: z.array(OpsToken), what: 'a list of tokens' });
  const accounts = async (): Promise<readonly Account[]> =>
    parsedAs(http, await succeeded(http, get('/accounts')), { schema: z.array(Account), what: 'a list of accounts' });
  const account = { schema: Account, what: 'an account' };
  const grantPath = (username: string, area: string): string =>
    `/accounts/${segment(username)}/grants/${segment(area)}`;

  return {
    createToken: async (token) =>
      parsedAs(http, await succeeded(http, change('POST', '/tokens', token)), {
        schema: CreatedToken,
        what: 'a new token',
      }),
    tokens,
    revokeToken: async (id) =>
      parsedAs(http, await succeeded(http, change('DELETE', `/tokens/${segment(id)}`)), {
        schema: OpsToken,
        what: 'a revoked token',
      }),

    authenticate: async (credential) => {
      try {
        const { kind, name, grants } = await whoIs(http, credential);
        return kind === 'token' || kind === 'session' ? { kind, name, grants } : undefined;
      } catch (error) {
        if (isOpsError(error) && error.code === 'unauthenticated') return undefined;
        throw error;
      }
    },
    login: async ({ username, password }) => {
      const call: HttpCall = { ...change('POST', '/login', { username, password }), credential: null };
      return parsedAs(http, await succeeded(http, call), { schema: Session, what: 'a session' });
    },
    logout: async (credential) => {
      try {
        await succeeded(http, { ...change('POST', '/logout'), credential });
      } catch (error) {
        // What is no session any more needs no end.
        if (!isOpsError(error) || error.code !== 'unauthenticated') throw error;
      }
    },

    accounts,
    createAccount: async (created) =>
      parsedAs(http, await succeeded(http, change('POST', '/accounts', created)), account),
    deleteAccount: async (username) => {
      await succeeded(http, change('DELETE', `/accounts/${segment(username)}`));
    },
    grant: async (username, area, role) =>
      parsedAs(http, await succeeded(http, change('PUT', grantPath(username, area), { role })), account),
    revoke: async (username, area) => {
      const answer = await succeeded(http, change('DELETE', grantPath(username, area)));
      return answer.status === 204 ? undefined : parsedAs(http, answer, account);
    },

    hasAnybody: async (area) => {
      const [people, programs] = await Promise.all([accounts(), tokens()]);
      return (
        people.some(({ grants }) => grants[area] !== undefined) ||
        programs.some(({ grants, revoked_at }) => revoked_at === null && grants[area] !== undefined)
      );
    },
  };
};
