import {
  accountTaken,
  type IdentityStore,
  type StoredAccount,
  type StoredSession,
  type StoredToken,
  tokenNameTaken,
  uselessAfterMs,
} from '../../core/identity/index.js';
import type { EventLog, Grants, OpsEvent } from '../../core/shared/index.js';

/** Only the letters of ASCII have a case here, as in SQLite. */
const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const isSame = (a: Grants, b: Grants): boolean => {
  const text = (grants: Grants): string => JSON.stringify(Object.entries(grants).sort());
  return text(a) === text(b);
};

const isUseless = ({ revokedAt, expiresAt }: StoredToken, now: Date): boolean => {
  const ends = [revokedAt, expiresAt].flatMap((at) => (at ? [at.getTime()] : []));
  return ends.length > 0 && Math.min(...ends) < now.getTime() - uselessAfterMs;
};

const newestFirst = (a: StoredToken, b: StoredToken): number => b.createdAt.getTime() - a.createdAt.getTime();

/** Users, tokens and sessions of one process. */
export const memoryIdentity = (log: EventLog): IdentityStore => {
  const tokens = new Map<string, StoredToken>();
  /** By folded username. */
  const accounts = new Map<string, StoredAccount>();
  const sessions = new Map<string, StoredSession>();

  const called = (nameOrEmail: string): StoredAccount | undefined => {
    const wanted = folded(nameOrEmail);
    return [...accounts.values()].find(
      ({ username, email }) => folded(username) === wanted || (email !== undefined && folded(email) === wanted),
    );
  };
  const endSessions = (username: string): void => {
    for (const session of [...sessions.values()])
      if (folded(session.username) === folded(username)) sessions.delete(session.id);
  };
  const remove = (username: string): void => {
    endSessions(username);
    accounts.delete(folded(username));
  };
  /** `work` says whether there was anything to do. */
  const changing = async (events: readonly OpsEvent[], work: () => boolean): Promise<boolean> => {
    const isDone = work();
    if (isDone) await log.append(events);
    return isDone;
  };

  return {
    addToken: async (token, events) => {
      const taken = [...tokens.values()].find(({ name, revokedAt }) => name === token.name && !revokedAt);
      if (taken) throw tokenNameTaken(taken);
      tokens.set(token.id, token);
      await log.append(events);
    },
    tokens: async () => [...tokens.values()].reverse().sort(newestFirst),
    token: async (id) => tokens.get(id),
    revokeToken: (id, at, events) =>
      changing(events, () => {
        const token = tokens.get(id);
        if (!token || token.revokedAt) return false;
        tokens.set(id, { ...token, revokedAt: at });
        return true;
      }),
    touchToken: async (id, at) => {
      const token = tokens.get(id);
      if (token && (!token.lastUsedAt || token.lastUsedAt < at)) tokens.set(id, { ...token, lastUsedAt: at });
    },

    addAccount: async (account, events) => {
      const { username, email } = account;
      for (const wanted of email === undefined ? [username] : [username, email]) {
        const taken = called(wanted);
        if (taken) throw accountTaken(taken, wanted);
      }
      accounts.set(folded(username), account);
      await log.append(events);
    },
    accounts: async () => [...accounts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, account]) => account),
    account: async (nameOrEmail) => called(nameOrEmail),
    setGrants: (username, { from, to }, events) =>
      changing(events, () => {
        const account = accounts.get(folded(username));
        if (!account || !isSame(account.grants, from)) return false;
        if (isSame(to, {})) remove(username);
        else accounts.set(folded(username), { ...account, grants: to });
        return true;
      }),
    setPassword: (username, passwordHash, events) =>
      changing(events, () => {
        const account = accounts.get(folded(username));
        if (!account) return false;
        accounts.set(folded(username), { ...account, passwordHash });
        endSessions(username);
        return true;
      }),
    removeAccount: (username, events) =>
      changing(events, () => {
        if (!accounts.has(folded(username))) return false;
        remove(username);
        return true;
      }),

    addSession: (session, events) =>
      changing(events, () => {
        const account = accounts.get(folded(session.username));
        if (account) sessions.set(session.id, { ...session, username: account.username });
        return account !== undefined;
      }),
    session: async (id) => sessions.get(id),
    removeSession: (id, events) => changing(events, () => sessions.delete(id)),
    sweepIdentity: async (now) => {
      const dead = [...sessions.values()].filter(({ expiresAt }) => expiresAt <= now);
      const useless = [...tokens.values()].filter((token) => isUseless(token, now));
      for (const { id } of dead) sessions.delete(id);
      for (const { id } of useless) tokens.delete(id);
      return dead.length + useless.length;
    },

    record: (events) => log.append(events),
  };
};
