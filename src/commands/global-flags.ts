import { parseDuration } from '../base/duration.js';
import { OpsError } from '../base/errors.js';
import type { GlobalFlags } from '../context.js';
import type { ManifestFlag } from './frame/manifest.js';

/** A flag that every command takes. `read` turns the text of its value ('' for a switch) into settings. */
export interface GlobalFlag extends ManifestFlag {
  readonly read: (value: string) => GlobalFlags;
}

const formats = ['table', 'wide', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'md', 'name'] as const;
const clusters = ['embedded', 'kube'] as const;
const colours = ['auto', 'always', 'never'] as const;
const progresses = ['auto', 'plain', 'none'] as const;

const oneOf = <Choice extends string>(flag: string, choices: readonly Choice[], value: string): Choice => {
  const found = choices.find((choice) => choice === value);
  if (found === undefined)
    throw new OpsError('usage', `${flag}: "${value}" is not one of its values`, `use ${choices.join(', ')}`);
  return found;
};

const filled = (flag: string, value: string): string => {
  if (value === '') throw new OpsError('usage', `${flag}: the value is empty`, `give ${flag} a value, or leave it out`);
  return value;
};

const wholeNumber = (flag: string, value: string): number => {
  if (!/^\d{1,15}$/.test(value))
    throw new OpsError('usage', `${flag}: "${value}" is not a whole number`, 'use 0 (all), 10, 500 …');
  return Number(value);
};

const fieldList = (value: string): readonly string[] => {
  const fields = value.split(',').map((field) => field.trim());
  if (fields.includes(''))
    throw new OpsError('usage', `--fields: "${value}" names an empty field`, 'use a,b.c without empty places');
  return fields;
};

const deadline = (value: string): number => {
  const ms = parseDuration(value, '--timeout');
  if (ms <= 0) throw new OpsError('usage', `--timeout: "${value}" leaves no time`, 'use 90s, 15m, 1h30m, 7d or 2w');
  return ms;
};

type Extra = Partial<Pick<GlobalFlag, 'short' | 'value' | 'choices' | 'complete'>>;
const flag = (long: string, does: string, read: GlobalFlag['read'], extra: Extra = {}): GlobalFlag => ({
  long,
  does,
  read,
  choices: [],
  repeatable: false,
  ...extra,
});

/** The table of the command line's global flags, in the order of the help. */
export const globalFlags: readonly GlobalFlag[] = [
  flag('--output', 'format of stdout', (v) => ({ output: oneOf('--output', formats, v) }), {
    short: '-o',
    value: 'FMT',
    choices: formats,
  }),
  flag('--json', 'the same as -o json', () => ({ output: 'json' })),
  flag('--fields', 'only these fields: a,b.c', (v) => ({ fields: fieldList(v) }), { value: 'LIST' }),
  flag('--jq', 'filter the output with a jq program', (v) => ({ jq: filled('--jq', v) }), { value: 'EXPR' }),
  flag('--sort', 'sort by a field; -FIELD reverses', (v) => ({ sort: filled('--sort', v) }), { value: 'FIELD' }),
  flag('--limit', 'at most N items; 0 = all', (v) => ({ limit: wholeNumber('--limit', v) }), { value: 'N' }),
  flag('--no-header', 'no header line', () => ({ noHeader: true })),
  flag('--utc', 'instants instead of ages in tables', () => ({ utc: true })),
  flag('--server', 'work against this ops server', (v) => ({ server: filled('--server', v) }), {
    short: '-s',
    value: 'URL',
  }),
  flag('--context', 'work in this context', (v) => ({ context: filled('--context', v) }), {
    value: 'NAME',
    complete: 'context',
  }),
  flag('--data-dir', 'work on this data directory', (v) => ({ dataDir: filled('--data-dir', v) }), {
    value: 'DIR',
    complete: 'directory',
  }),
  flag('--cluster', 'which cluster', (v) => ({ cluster: oneOf('--cluster', clusters, v) }), {
    value: 'KIND',
    choices: clusters,
  }),
  flag('--kubeconfig', 'kubeconfig of --cluster kube', (v) => ({ kubeconfig: filled('--kubeconfig', v) }), {
    value: 'FILE',
    complete: 'file',
  }),
  flag('--kube-context', 'context in the kubeconfig', (v) => ({ kubeContext: filled('--kube-context', v) }), {
    value: 'NAME',
  }),
  flag('--token-file', 'read the ops token from a file', (v) => ({ tokenFile: filled('--token-file', v) }), {
    value: 'FILE',
    complete: 'file',
  }),
  flag('--token-stdin', 'read the ops token from stdin', () => ({ tokenStdin: true })),
  flag('--file', 'JSON, YAML or NDJSON body; - = stdin', (v) => ({ file: filled('--file', v) }), {
    short: '-f',
    value: 'FILE',
    complete: 'file',
  }),
  flag('--yes', 'skip a yes/no prompt', () => ({ yes: true }), { short: '-y' }),
  flag('--confirm', 'skip a type-the-name prompt', (v) => ({ confirm: filled('--confirm', v) }), { value: 'NAME' }),
  flag('--dry-run', 'show what would change, write nothing', () => ({ dryRun: true })),
  flag('--no-input', 'never prompt', () => ({ noInput: true })),
  flag('--quiet', 'less on stderr', () => ({ quiet: true }), { short: '-q' }),
  flag('--verbose', 'more on stderr', () => ({ verbose: true }), { short: '-v' }),
  flag('--debug', 'stack traces on stderr', () => ({ debug: true })),
  flag('--color', 'colour', (v) => ({ color: oneOf('--color', colours, v) }), { value: 'WHEN', choices: colours }),
  flag('--no-color', 'the same as --color never', () => ({ color: 'never' })),
  flag('--progress', 'progress on stderr', (v) => ({ progress: oneOf('--progress', progresses, v) }), {
    value: 'HOW',
    choices: progresses,
  }),
  flag('--timeout', 'deadline of the whole command', (v) => ({ timeoutMs: deadline(v) }), { value: 'DUR' }),
  flag(
    '--lock-timeout',
    'how long a write waits for the store (5s)',
    (v) => ({ lockTimeoutMs: parseDuration(v, '--lock-timeout') }),
    { value: 'DUR' },
  ),
  flag('--show-request', 'print the equivalent curl line on stderr', () => ({ showRequest: true })),
  flag('--help', 'this help', () => ({}), { short: '-h' }),
  flag('--version', 'version of ops', () => ({}), { short: '-V' }),
];

/** The same table as plain data, for the manifest. */
export const globalManifestFlags = (): readonly ManifestFlag[] => globalFlags.map(({ read: _read, ...rest }) => rest);

/** One given flag read into settings. Throws `usage` that names the flag and its values. */
export const readGlobalFlag = (long: string, value: string): GlobalFlags =>
  globalFlags.find((candidate) => candidate.long === long)?.read(value) ?? {};
