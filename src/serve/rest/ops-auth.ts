import { z } from 'zod';
import { parseInput } from '../../base/parse-input.js';
import {
  Account,
  CreatedToken,
  IdentityName,
  type IdentityService,
  Login,
  NewAccount,
  NewToken,
  OpsToken,
  Session,
  WhoAmI,
  whoAmI,
} from '../../core/identity/index.js';
import { type Area, areaNames, areaRoles, type RoleOf } from '../../core/shared/index.js';
import type { AnswerSpec, Call, Route } from '../route.js';

/** The error body of everything under `/ops/v1`. */
export const OpsErrorBody = z.object({
  error: z.object({
    code: z.string(),
    reason: z.string().nullable(),
    message: z.string(),
    hint: z.string().nullable(),
    request_id: z.string(),
  }),
});

/** The errors that a route may answer with. */
export const opsErrors = (...statuses: readonly number[]): Readonly<Record<number, AnswerSpec>> =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'an error', content: { type: 'application/json', schema: OpsErrorBody } },
    ]),
  );

const bodyMaxBytes = 64 << 10;

const json = (schema: z.ZodType, description: string): AnswerSpec => ({
  description,
  content: { type: 'application/json', schema },
});

const actorOf = ({ principal, requestId }: Call) => ({ principal, requestId });

const AccountPath = z.object({ username: IdentityName });
const GrantPath = z.object({ username: IdentityName, area: z.enum(areaNames) });
const RoleBody = z.strictObject({ role: z.string().max(16) });

/** The role, if the area has one of this name; `invalid_data` else. */
const roleOf = <A extends Area>(area: A, body: unknown): RoleOf<A> => {
  const Role: z.ZodType<{ role: RoleOf<A> }> = z.strictObject({ role: z.enum<readonly RoleOf<A>[]>(areaRoles[area]) });
  return parseInput(Role, body, { what: `role of ${area}` }).role;
};

/** Accounts, tokens and sessions: ours, under `/ops/v1/auth`. */
export const opsAuthRoutes = (identity: () => Promise<IdentityService>): readonly Route[] => {
  const route = (it: Omit<Route, 'owner'>): Route => ({ owner: 'shared', ...it });
  return [
    route({
      method: 'POST',
      path: '/ops/v1/auth/login',
      summary: 'Log in; the token of the answer is the session.',
      demand: 'open',
      readOnly: true,
      body: { kind: 'json', schema: Login, maxBytes: bodyMaxBytes },
      answers: { 200: json(Session, 'The session.'), ...opsErrors(400, 401, 413, 415, 429) },
      handle: async ({ json: body, address, requestId }) => ({
        status: 200,
        json: await (await identity()).login(Login.parse(body), { address, requestId }),
      }),
    }),
    route({
      method: 'POST',
      path: '/ops/v1/auth/logout',
      summary: 'End the session that the request carries.',
      demand: 'open',
      readOnly: true,
      answers: { 204: { description: 'There is no such session any more.' } },
      handle: async ({ credential }) => {
        if (credential !== undefined) await (await identity()).logout(credential);
        return { status: 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/ops/v1/auth/whoami',
      summary: 'Who the server takes the caller for.',
      demand: 'known',
      answers: { 200: json(WhoAmI, 'The caller.'), ...opsErrors(401) },
      handle: async ({ principal }) => ({ status: 200, json: whoAmI(principal) }),
    }),
    route({
      method: 'GET',
      path: '/ops/v1/auth/tokens',
      summary: 'Ops tokens, newest first; never their secrets.',
      demand: 'administrator',
      answers: { 200: json(z.array(OpsToken), 'The tokens.'), ...opsErrors(401, 403) },
      handle: async () => ({ status: 200, json: await (await identity()).tokens() }),
    }),
    route({
      method: 'POST',
      path: '/ops/v1/auth/tokens',
      summary: 'Make an ops token; its secret is in this answer and nowhere else.',
      demand: 'administrator',
      body: { kind: 'json', schema: NewToken, maxBytes: bodyMaxBytes },
      answers: { 201: json(CreatedToken, 'The token.'), ...opsErrors(400, 401, 403, 409, 413, 415) },
      handle: async (call) => ({
        status: 201,
        json: await (await identity()).createToken(NewToken.parse(call.json), actorOf(call)),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/ops/v1/auth/tokens/{id}',
      summary: 'Revoke an ops token.',
      demand: 'administrator',
      params: z.object({ id: z.string().max(64) }),
      answers: { 200: json(OpsToken, 'The token as it was.'), ...opsErrors(400, 401, 403, 404) },
      handle: async (call) => ({
        status: 200,
        json: await (await identity()).revokeToken(call.params.id ?? '', actorOf(call)),
      }),
    }),
    route({
      method: 'GET',
      path: '/ops/v1/auth/accounts',
      summary: 'Accounts, by username.',
      demand: 'administrator',
      answers: { 200: json(z.array(Account), 'The accounts.'), ...opsErrors(401, 403) },
      handle: async () => ({ status: 200, json: await (await identity()).accounts() }),
    }),
    route({
      method: 'POST',
      path: '/ops/v1/auth/accounts',
      summary: 'Make an account.',
      demand: 'administrator',
      body: { kind: 'json', schema: NewAccount, maxBytes: bodyMaxBytes },
      answers: { 201: json(Account, 'The account.'), ...opsErrors(400, 401, 403, 409, 413, 415) },
      handle: async (call) => ({
        status: 201,
        json: await (await identity()).createAccount(NewAccount.parse(call.json), actorOf(call)),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/ops/v1/auth/accounts/{username}',
      summary: 'Delete an account with its sessions.',
      demand: 'administrator',
      params: AccountPath,
      answers: { 204: { description: 'It is gone.' }, ...opsErrors(400, 401, 403, 404) },
      handle: async (call) => {
        await (await identity()).deleteAccount(call.params.username ?? '', actorOf(call));
        return { status: 204 };
      },
    }),
    route({
      method: 'PUT',
      path: '/ops/v1/auth/accounts/{username}/grants/{area}',
      summary: 'Give an account its role in an area.',
      demand: 'administrator',
      params: GrantPath,
      body: { kind: 'json', schema: RoleBody, maxBytes: bodyMaxBytes },
      answers: { 200: json(Account, 'The account.'), ...opsErrors(400, 401, 403, 404, 413, 415) },
      handle: async (call) => {
        const { username, area } = GrantPath.parse(call.params);
        const account = await (await identity()).grant(username, area, roleOf(area, call.json), actorOf(call));
        return { status: 200, json: account };
      },
    }),
    route({
      method: 'DELETE',
      path: '/ops/v1/auth/accounts/{username}/grants/{area}',
      summary: 'Take an account its role in an area; the account goes with its last role.',
      demand: 'administrator',
      params: GrantPath,
      answers: {
        200: json(Account, 'The account.'),
        204: { description: 'The account is gone.' },
        ...opsErrors(400, 401, 403, 404),
      },
      handle: async (call) => {
        const { username, area } = GrantPath.parse(call.params);
        const account = await (await identity()).revoke(username, area, actorOf(call));
        return account ? { status: 200, json: account } : { status: 204 };
      },
    }),
  ];
};
