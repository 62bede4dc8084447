import type { ScratchFile } from './scratch.js';

/** The engine reads one file per thread: smaller ones keep both cores busy, fewer ones cost less. */
const fileBytes = 8 * 2 ** 20;
const newline = new Uint8Array([10]);
/** Small parts are joined first: one write for a thousand batches. */
const joinBelow = 64 * 1024;

const grouped = (bodies: readonly Uint8Array[]): Uint8Array[][] => {
  const groups: Uint8Array[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const body of bodies) {
    if (bytes + body.length > fileBytes) {
      groups.push([]);
      bytes = 0;
    }
    const parts = body[body.length - 1] === 10 ? [body] : [body, newline];
    groups[groups.length - 1]?.push(...parts);
    bytes += body.length;
  }
  return groups;
};

const joined = (parts: readonly Uint8Array[]): readonly Uint8Array[] => {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  return parts.length > 1 && bytes / parts.length < joinBelow ? [Buffer.concat(parts, bytes)] : parts;
};

/** NDJSON bodies as scratch files in their order; `release` when the engine has read them. */
export const writeRowFiles = async (
  bodies: readonly Uint8Array[],
  write: (parts: readonly Uint8Array[]) => Promise<ScratchFile>,
): Promise<{ readonly paths: readonly string[]; release(): void }> => {
  const files: ScratchFile[] = [];
  const release = (): void => {
    for (const file of files) file.release();
  };
  try {
    for (const parts of grouped(bodies)) files.push(await write(joined(parts)));
    return { paths: files.map(({ path }) => path), release };
  } catch (error) {
    release();
    throw error;
  }
};
