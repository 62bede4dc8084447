import { z } from 'zod';

export const UsageRow = z.object({
  area: z.string(),
  what: z.string(),
  files: z.number().int(),
  bytes: z.number().int(),
});
export type UsageRow = z.infer<typeof UsageRow>;

export const VerifyRow = z.object({
  /** e.g. `ops.db`, `extent 0190…`. */
  subject: z.string(),
  status: z.enum(['ok', 'fail']),
  detail: z.string(),
});
export type VerifyRow = z.infer<typeof VerifyRow>;

export const BackupResult = z.object({ file: z.string(), files: z.number().int(), bytes: z.number().int() });
export type BackupResult = z.infer<typeof BackupResult>;

/** The data directory as one thing: archive, put back, check, measure. */
export interface DataDirectory {
  readonly path: string;
  /** One consistent archive (tar) while others read and write; refuses to overwrite. Never half a file under the final name. */
  backup(file: string, signal: AbortSignal): Promise<BackupResult>;
  /** Into an empty or absent directory only (`conflict`); a damaged archive is `invalid_data` and leaves nothing. */
  restore(file: string, signal: AbortSignal): Promise<BackupResult>;
  /** Every extent against the catalogue, and SQLite's own integrity check. */
  verify(signal: AbortSignal): AsyncIterable<VerifyRow>;
  usage(): Promise<readonly UsageRow[]>;
}
