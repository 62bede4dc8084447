import { z } from 'zod';
import { durationMs } from '../../base/duration.js';

/** A word that can name a folder as well: letters, digits, `.`, `_`, `-`; at most 63. */
export const ContextName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/);

const text = z.string().min(1);
const path = z.string().regex(/^[^\0]+$/);
const url = z.url({ protocol: /^https?$/ });
const wait = z.string().refine((value) => durationMs(value) !== undefined);
const deadline = z.string().refine((value) => (durationMs(value) ?? 0) > 0);

/** How `ops` behaves; the user config, a context and (but for the pager) a project file may say it. */
const behaviour = {
  output: z.enum(['table', 'wide', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'md', 'name']),
  'error-format': z.enum(['text', 'json']),
  color: z.enum(['auto', 'always', 'never']),
  progress: z.enum(['auto', 'plain', 'none']),
  timeout: deadline,
  'lock-timeout': wait,
  'data-dir': path,
};
const pager = { pager: text };

/** Where `ops` works and as whom: only a context says it. */
const place = {
  server: url,
  'token-file': path,
  'token-command': text,
  cluster: z.enum(['embedded', 'kube']),
  kubeconfig: path,
  'kube-context': text,
  'read-only': z.boolean(),
  protected: z.boolean(),
};

/** Schema of each key's value. */
export const valueSchemas = { 'current-context': ContextName, ...behaviour, ...pager, ...place, token: text };

/** A key of `ops config`. */
export type KeyName = keyof typeof valueSchemas;

/** One entry below `contexts`. An entry without a body (`lab:`) is an empty one. */
export const ContextSpec = z.preprocess(
  (value) => value ?? {},
  z.strictObject({ ...place, ...behaviour, ...pager }).partial(),
);
export type ContextSpec = z.infer<typeof ContextSpec>;

/** config.yaml. */
export const Config = z.strictObject({
  version: z.literal(1).optional(),
  'current-context': ContextName.optional(),
  contexts: z.preprocess((value) => value ?? {}, z.record(ContextName, ContextSpec)).optional(),
  ...z.strictObject({ ...behaviour, ...pager }).partial().shape,
});
export type Config = z.infer<typeof Config>;

/** `.ops.yaml`: what a checked-out project may say. */
export const ProjectConfig = z.strictObject({ version: z.literal(1), ...behaviour }).partial();
export type ProjectConfig = z.infer<typeof ProjectConfig>;
