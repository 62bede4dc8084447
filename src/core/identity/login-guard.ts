import type { Clock } from '../../base/clock.js';
import { OpsError } from '../../base/errors.js';
import { type FailureLimit, loginLimits, waitSeconds } from './failures.js';

/** Names and addresses that are remembered, each; the one that failed longest ago makes room. */
const mostRemembered = 10_000;

/** Failed logins by name and by address, in the memory of this process. */
export interface LoginGuard {
  /** Throws `limit_exceeded` (reason `too_many_requests`, details `retryAfterSeconds`) after too many failures. */
  check(name: string, address: string): void;
  failed(name: string, address: string): void;
  /** Whoever knows the password may have mistyped it; the address stays suspect. */
  succeeded(name: string): void;
}

/** Instants of failures by key, the key that failed last at the end. */
const counters = (limit: FailureLimit) => {
  const failures = new Map<string, readonly number[]>();
  return {
    wait: (key: string, nowMs: number): number | undefined => waitSeconds(failures.get(key) ?? [], limit, nowMs),
    add: (key: string, nowMs: number): void => {
      const before = failures.get(key) ?? [];
      failures.delete(key);
      failures.set(key, [...before, nowMs].slice(-limit.most));
      if (failures.size <= mostRemembered) return;
      const [oldest] = failures.keys();
      if (oldest !== undefined) failures.delete(oldest);
    },
    forget: (key: string): void => {
      failures.delete(key);
    },
  };
};

/** `limit_exceeded`, for the reason that the query platform's error table knows too. */
export const tooManyRequests = (message: string, retryAfterSeconds: number): OpsError =>
  new OpsError('limit_exceeded', message, `try again in ${retryAfterSeconds} s`, {
    reason: 'too_many_requests',
    details: { retryAfterSeconds },
  });

export const loginGuard = (clock: Clock): LoginGuard => {
  const names = counters(loginLimits.name);
  const addresses = counters(loginLimits.address);
  const nowMs = (): number => clock.now().getTime();
  return {
    check: (name, address) => {
      const wait = Math.max(names.wait(name, nowMs()) ?? 0, addresses.wait(address, nowMs()) ?? 0);
      if (wait > 0) throw tooManyRequests('too many failed logins', wait);
    },
    failed: (name, address) => {
      names.add(name, nowMs());
      addresses.add(address, nowMs());
    },
    succeeded: (name) => names.forget(name),
  };
};
