import { OpsError } from './errors.js';

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kb: 1e3,
  kib: 2 ** 10,
  m: 2 ** 20,
  mb: 1e6,
  mib: 2 ** 20,
  g: 2 ** 30,
  gb: 1e9,
  gib: 2 ** 30,
  t: 2 ** 40,
  tb: 1e12,
  tib: 2 ** 40,
};

/** Bytes of `512MiB`, `4GiB`, `100MB`, `1048576`; `K`, `M`, `G` are powers of 1024. Throws `usage` naming the flag. */
export const parseByteSize = (text: string, flag: string): number => {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text);
  const unit = units[(found?.[2] ?? '?').toLowerCase()];
  if (!found || unit === undefined)
    throw new OpsError('usage', `${flag}: "${text}" is not a size`, 'use 512MiB, 4GiB or a number of bytes');
  return Math.round(Number(found[1]) * unit);
};

/** Short form for people: `512 B`, `1.5 KiB`, `4.0 GiB`. */
export const formatByteSize = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`;
  const names = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let name = 'B';
  for (const next of names) {
    if (value < 1024) break;
    value /= 1024;
    name = next;
  }
  return `${value.toFixed(1)} ${name}`;
};
