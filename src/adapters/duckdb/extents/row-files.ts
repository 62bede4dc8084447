import { join } from 'node:path';
import { removeFile, writeScratch } from './durable.js';

/** The engine reads one file per thread: smaller ones keep both cores busy, fewer ones cost less. */
const fileBytes = 8 * 2 ** 20;
const newline = new Uint8Array([10]);

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

/** NDJSON bodies as scratch files in their order; `remove` when the engine has read them. */
export const writeRowFiles = async (
  bodies: readonly Uint8Array[],
  { folder, name }: { readonly folder: string; readonly name: string },
): Promise<{ readonly paths: readonly string[]; remove(): Promise<void> }> => {
  const files = grouped(bodies).map((parts, index) => ({ parts, path: join(folder, `${name}.${index}.ndjson`) }));
  const paths = files.map(({ path }) => path);
  const remove = async (): Promise<void> => {
    await Promise.allSettled(paths.map(removeFile));
  };
  try {
    for (const { path, parts } of files) await writeScratch(path, parts);
    return { paths, remove };
  } catch (error) {
    await remove();
    throw error;
  }
};
