import { type Algorithm, hash, type Options, verify } from '@node-rs/argon2';
import type { PasswordHasher } from '../../core/identity/index.js';

// The package's enumeration exists for the compiler only.
const argon2id: Algorithm = 2;

/** The least that OWASP's password storage page asks of argon2id, spelled out: 19 MiB, two passes, one lane. */
const options: Options = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** `é` is one character or two, as the keyboard pleases: the same password all the same. */
const normal = (password: string): string => password.normalize('NFKC');

/** argon2id, on threads of its own: the event loop goes on meanwhile. */
export const argon2Hasher = (): PasswordHasher => ({
  hash: (password) => hash(normal(password), options),
  verify: (stored, password) => verify(stored, normal(password)),
});
