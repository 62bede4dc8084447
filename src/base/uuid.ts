const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/**
 * A UUID of version 7 (RFC 9562 §5.7): sorts by its time. `random` are at least ten bytes; 74 of their bits are used.
 *
 * @example uuidV7(clock.now().getTime(), randomBytes(10)) // '019e1a2b-…-7…'
 */
export const uuidV7 = (unixMs: number, random: Uint8Array): string => {
  const time = hex(Math.max(0, Math.floor(unixMs)), 12).slice(-12);
  const byte = (index: number): number => random[index] ?? 0;
  const a = hex(0x7000 | ((byte(0) & 0x0f) << 8) | byte(1), 4);
  const b = hex(0x8000 | ((byte(2) & 0x3f) << 8) | byte(3), 4);
  const node = Array.from({ length: 6 }, (_, index) => hex(byte(index + 4), 2)).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-${a}-${b}-${node}`;
};

/**
 * Makes UUIDs of version 7 that grow strictly within this process, also several in one millisecond and when the clock
 * stands still or steps back.
 */
export const uuidSource = (nowMs: () => number, randomBytes: (count: number) => Uint8Array): (() => string) => {
  let last = '';
  let ms = 0;
  return () => {
    ms = Math.max(ms, nowMs());
    let id = uuidV7(ms, randomBytes(10));
    if (id <= last) {
      ms++;
      id = uuidV7(ms, randomBytes(10));
    }
    last = id;
    return id;
  };
};
