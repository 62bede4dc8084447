const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

// Length of the well-formed sequence that starts here (RFC 3629: no overlong forms, no surrogates), 0 where none does.
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || !isContinuation(second)) return 0;
  if (first < 0xe0) return 2;
  if (!isContinuation(bytes[at + 2])) return 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first < 0xf0) return 3;
  if (!isContinuation(bytes[at + 3])) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return first < 0xf5 ? 4 : 0;
};

/** Offset of the first byte, at or after `from`, that belongs to no well-formed UTF-8 sequence; -1 where there is none. */
export const invalidUtf8At = (bytes: Uint8Array, from = 0): number => {
  const end = bytes.length;
  let at = from;
  while (at < end) {
    if ((bytes[at] ?? 0) < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return -1;
};

/** Offset of the first row of a body: 3 beyond a byte-order mark, else 0. */
export const byteOrderMarkLength = (bytes: Uint8Array): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
