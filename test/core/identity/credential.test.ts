import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSecret, newCredential, parseCredential, secretHashOf } from '../../../src/core/identity/credential.js';

test('what is made is read back, whatever the secret holds', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('token', 'session'),
      fc.uint8Array({ minLength: 40, maxLength: 40 }),
      (kind, chance) => {
        const { id, text, secretHash } = newCredential(kind, (n) => chance.slice(-n));
        const parsed = parseCredential(text);
        expect(parsed).toMatchObject({ kind, id });
        expect(isSecret(parsed?.secret ?? '', secretHash)).toBe(true);
      },
    ),
  );
});

test('a secret that begins and ends with an underscore stays whole', () => {
  const underscores = Buffer.from('_'.repeat(42).concat('8'), 'base64url');
  const { text } = newCredential('token', (n) => (n === 8 ? new Uint8Array(8) : underscores));
  expect(text).toMatch(/^opst_0{16}_{43}[^_]$/);
  expect(parseCredential(text)?.secret).toHaveLength(43);
});

const { text } = newCredential('token', randomBytes);

test.each([
  ['', ''],
  ['cut', text.slice(0, -1)],
  ['longer', `${text}A`],
  ['another prefix', text.replace('opst', 'opsx')],
  ['an id in upper case', text.replace(/^opst_.{16}/, `opst_${'A'.repeat(16)}`)],
  ['a newline behind it', `${text}\n`],
  ['a blank before it', ` ${text}`],
  ['padding', `${text.slice(0, -1)}=`],
])('%s is no credential', (_, wrong) => {
  expect(parseCredential(wrong)).toBeUndefined();
});

test.each([
  ['another secret', secretHashOf('other')],
  ['no hash', undefined],
  ['half a hash', secretHashOf('secret').slice(0, 16)],
])('%s does not fit', (_, kept) => {
  expect(isSecret('secret', kept)).toBe(false);
});
