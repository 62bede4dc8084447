import { z } from 'zod';
import { formatByteSize } from '../../base/byte-size.js';
import type { OpsError } from '../../base/errors.js';
import type { FolderFacts, KubeContexts, StoreState } from './ports.js';

/** One line of `ops doctor`. */
export const Check = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail', 'skip']),
  detail: z.string(),
  /** What to do; null where there is nothing to do. */
  hint: z.string().nullable(),
});
export type Check = z.infer<typeof Check>;

export const Diagnosis = z.object({ ok: z.boolean(), checks: z.array(Check) });
export type Diagnosis = z.infer<typeof Diagnosis>;

/** What one check found, before it has a name. */
export type Finding = Omit<Check, 'name'>;

export const ok = (detail: string): Finding => ({ status: 'ok', detail, hint: null });
export const warn = (detail: string, hint: string): Finding => ({ status: 'warn', detail, hint });
export const fail = (detail: string, hint: string): Finding => ({ status: 'fail', detail, hint });
export const skip = (detail: string, hint: string | null = null): Finding => ({ status: 'skip', detail, hint });

/** All is well unless a check fails; warnings do not count. */
export const diagnosisOf = (checks: readonly Check[]): Diagnosis => ({
  ok: checks.every(({ status }) => status !== 'fail'),
  checks: [...checks],
});

const leastNode = [20, 19] as const;

/** @param version e.g. `20.20.0` */
export const nodeFinding = (version: string): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  return isEnough ? ok(version) : fail(`${version} is too old`, `install Node.js ${leastNode.join('.')} or newer`);
};

const littleSpace = 1 << 30;
const tooLittleSpace = 64 << 20;

/** An absent data directory is fine where it can be made; one that cannot be written still answers queries. */
export const dataDirectoryFinding = (path: string, facts: FolderFacts): Finding => {
  if (facts.exists && !facts.isDirectory)
    return fail(`${path} is not a directory`, 'choose another one with --data-dir or OPS_DATA_DIR');
  if (!facts.writable)
    return facts.exists
      ? warn(`${path} is read-only: queries work, writes do not`, `make it writable: \`chmod u+rwx ${path}\``)
      : fail(`${path} does not exist and cannot be made`, 'choose another one with --data-dir or OPS_DATA_DIR');
  const free = facts.freeBytes === undefined ? '' : `, ${formatByteSize(facts.freeBytes)} free`;
  const detail = `${path} ${facts.exists ? 'is writable' : 'is made at the first write'}${free}`;
  if (facts.freeBytes === undefined || facts.freeBytes >= littleSpace) return ok(detail);
  const hint = 'make room on that disk, e.g. with `ops logs cleanup`, or choose another one with --data-dir';
  return facts.freeBytes < tooLittleSpace ? fail(detail, hint) : warn(detail, hint);
};

export const storeFinding = (state: StoreState): Finding => {
  if (state.kind === 'absent') return skip('nothing is stored yet');
  return state.kind === 'opened'
    ? ok(`opens, schema ${state.schemaVersion}`)
    : fail(state.why, 'put back a backup with `ops data restore`, or upgrade ops if a newer one wrote it');
};

/** @param files token files with their permission bits; undefined where the file is absent */
export const tokenFinding = (
  files: readonly { readonly path: string; readonly mode: number | undefined }[],
): Finding => {
  const loose = files.find(({ mode }) => mode !== undefined && (mode & 0o077) !== 0);
  if (loose) return warn(`others may read ${loose.path}`, `close it with \`chmod 600 ${loose.path}\``);
  const absent = files.find(({ mode }) => mode === undefined);
  if (absent) return warn(`${absent.path} does not exist`, 'write the token to it, mode 0600');
  return files.length === 0 ? skip('no token file is configured') : ok(`${files.length} of mode 0600 or stricter`);
};

/** @param facts terminal: whether stdout is one; utf8: what the locale says */
export const terminalFinding = (facts: {
  readonly terminal: boolean;
  readonly colour: boolean;
  readonly utf8: boolean;
}): Finding => {
  const detail = `${facts.terminal ? 'a terminal' : 'not a terminal'}, colour ${facts.colour ? 'on' : 'off'}, ${facts.utf8 ? 'UTF-8' : 'ASCII only'}`;
  return facts.utf8 ? ok(detail) : warn(detail, 'for bars and trees set a UTF-8 locale: `export LANG=C.UTF-8`');
};

/** A kubeconfig is information, until the context asks for it. */
export const kubeFinding = (
  found: KubeContexts | undefined,
  wants: { readonly cluster: string; readonly kubeContext: string },
): Finding => {
  const isWanted = wants.cluster === 'kube';
  if (!found)
    return isWanted
      ? fail(
          'the context uses a cluster, and there is no kubeconfig',
          'name one with `ops config set contexts.NAME.kubeconfig FILE`',
        )
      : skip('no kubeconfig found; the embedded cluster is used');
  if (isWanted && wants.kubeContext !== '' && !found.names.includes(wants.kubeContext))
    return fail(
      `${found.files.join(', ')} has no context "${wants.kubeContext}"`,
      'choose one that exists with `ops context use-cluster NAME`',
    );
  const use = isWanted
    ? `context ${wants.kubeContext || (found.current ?? 'none')} is used`
    : 'the embedded cluster is used';
  return ok(`${found.files.join(', ')}, ${found.names.length} contexts; ${use}`);
};

export const orphanFinding = (files: readonly string[]): Finding =>
  files.length === 0
    ? ok('no half-written files')
    : warn(
        `${files.length} half-written files older than an hour, e.g. ${files[0]}`,
        'remove the extents’ with `ops run --due`, others by hand',
      );

/** The settings as a whole. */
export const configFinding = (file: string, fault: OpsError | undefined): Finding =>
  fault ? fail(fault.message, fault.hint ?? `correct ${file}`) : ok(`${file} and the environment make sense`);
