import { z } from 'zod';
import { OpsError } from '../../base/errors.js';

/** Number of the archive's format; a newer one is refused. */
export const archiveFormat = 1;

export const manifestName = 'manifest.json';

/** A manifest of more bytes than this is none of ours: it would name more than half a million files. */
export const maxManifestBytes = 128 * 2 ** 20;

const Manifest = z.object({
  format: z.literal('ops-backup'),
  version: z.number().int().positive(),
  created_at: z.string(),
  schema: z.number().int(),
  files: z.array(z.object({ name: z.string(), size: z.number().int().nonnegative(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;

/** One file of an archive, as it was written or as it was read. */
export type ArchivedFile = Manifest['files'][number];

/** `invalid_data` that names the archive. */
export const damagedArchive = (file: string, what: string, cause?: unknown): OpsError =>
  new OpsError('invalid_data', `${file} is no complete backup: ${what}`, 'use another backup; nothing was restored', {
    reason: 'backup_damaged',
    cause,
  });

export const parseManifest = (text: string, file: string): Manifest => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damagedArchive(file, 'its manifest is not JSON', error);
  }
  const parsed = Manifest.safeParse(value);
  if (!parsed.success) throw damagedArchive(file, 'its manifest is not one of ops');
  if (parsed.data.version <= archiveFormat) return parsed.data;
  throw new OpsError(
    'invalid_data',
    `${file} was written by a newer ops (archive format ${parsed.data.version}, this one knows ${archiveFormat})`,
    'upgrade ops, then restore again; nothing was restored',
    { reason: 'backup_too_new' },
  );
};

/** Throws `invalid_data` unless the files are exactly those of the manifest, byte for byte. */
export const checkFiles = (manifest: Manifest, found: ReadonlyMap<string, ArchivedFile>, file: string): void => {
  for (const { name, size, sha256 } of manifest.files) {
    const there = found.get(name);
    if (!there) throw damagedArchive(file, `${name} is missing`);
    if (there.size !== size || there.sha256 !== sha256) throw damagedArchive(file, `${name} is not what was backed up`);
  }
  if (found.size !== manifest.files.length)
    throw damagedArchive(file, 'it holds files that its manifest does not name');
  if (!found.has('ops.db')) throw damagedArchive(file, 'ops.db is missing');
};
