import { createHash, timingSafeEqual } from 'node:crypto';

/** An ops token is for a program, a session for a person who logged in. */
export type CredentialKind = 'token' | 'session';

/** What a credential says of itself. */
export interface Credential {
  readonly kind: CredentialKind;
  /** 16 lower-case hexadecimal digits; public. */
  readonly id: string;
  readonly secret: string;
}

const prefixes = { token: 'opst', session: 'opss' } as const satisfies Readonly<Record<CredentialKind, string>>;

const idBytes = 8;
const secretBytes = 32;

/** A new credential: its public id, what to hand out once, and the only thing that is kept of the secret. */
export const newCredential = (
  kind: CredentialKind,
  randomBytes: (n: number) => Uint8Array,
): { readonly id: string; readonly text: string; readonly secretHash: Uint8Array } => {
  const id = Buffer.from(randomBytes(idBytes)).toString('hex');
  const secret = Buffer.from(randomBytes(secretBytes)).toString('base64url');
  return { id, text: `${prefixes[kind]}_${id}_${secret}`, secretHash: secretHashOf(secret) };
};

// The secret may itself hold `_`: the first one behind the id ends the id.
const form = /^(opst|opss)_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** Undefined for every text that `newCredential` cannot have made. */
export const parseCredential = (text: string): Credential | undefined => {
  const [, prefix, id, secret] = form.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return { kind: prefix === prefixes.token ? 'token' : 'session', id, secret };
};

/** SHA-256. The secret has 256 random bits: nothing slower and no salt would make guessing harder. */
export const secretHashOf = (secret: string): Uint8Array => createHash('sha256').update(secret).digest();

const nobodysHash = new Uint8Array(32);

/** In constant time, and with the same work where there is nothing to compare with: an unknown id. */
export const isSecret = (secret: string, kept: Uint8Array | undefined): boolean => {
  const hash = secretHashOf(secret);
  const other = kept?.length === hash.length ? kept : nobodysHash;
  return timingSafeEqual(hash, other) && other === kept;
};
