import { nearest } from '../../base/nearest.js';
import { type KeyName, valueSchemas } from './model.js';

/** What is known of one key beside its schema. */
export interface KeySpec {
  /** One sentence. */
  readonly does: string;
  /** The kind of its value: `duration`, `path`, … */
  readonly type: 'choice' | 'duration' | 'path' | 'text' | 'url' | 'boolean' | 'name' | 'secret';
  /** What to write, for the hint of an error. */
  readonly expects: string;
  readonly default?: string;
  readonly flag?: string;
  readonly variable?: string;
  /** Where it may stand: the project file, a context, the top of config.yaml. */
  readonly files: readonly ('project' | 'context' | 'user')[];
}

const everywhere = ['project', 'context', 'user'] as const;
const contextOnly = ['context'] as const;
const duration = { type: 'duration', expects: 'use 90s, 15m, 1h30m, 7d or 2w' } as const;
const path = { type: 'path', expects: 'use a path' } as const;

/** The table of keys, in the order in which `ops config list` shows them. */
export const keys = {
  'current-context': {
    does: 'Context that commands work in.',
    type: 'name',
    expects: 'use a name of letters, digits, ".", "_" and "-"',
    default: 'local',
    flag: '--context',
    variable: 'OPS_CONTEXT',
    files: ['user'],
  },
  output: {
    does: 'Format of stdout; unset: a table on a terminal, JSON lines in a pipe.',
    type: 'choice',
    expects: `use ${valueSchemas.output.options.join(', ')}`,
    flag: '--output',
    variable: 'OPS_OUTPUT',
    files: everywhere,
  },
  'error-format': {
    does: 'Errors as two lines of text or as one line of JSON.',
    type: 'choice',
    expects: 'use text or json',
    default: 'text',
    variable: 'OPS_ERROR_FORMAT',
    files: everywhere,
  },
  pager: {
    does: 'Program that shows output taller than the screen; unset: none.',
    type: 'text',
    expects: 'use a command line, e.g. "less -FR"',
    variable: 'OPS_PAGER',
    files: ['context', 'user'],
  },
  color: {
    does: 'Colour on terminals; NO_COLOR, FORCE_COLOR and TERM=dumb count as the environment.',
    type: 'choice',
    expects: 'use auto, always or never',
    default: 'auto',
    flag: '--color',
    files: everywhere,
  },
  progress: {
    does: 'Progress on stderr.',
    type: 'choice',
    expects: 'use auto, plain or none',
    default: 'auto',
    flag: '--progress',
    files: everywhere,
  },
  timeout: { ...duration, does: 'Deadline of a whole command; unset: none.', flag: '--timeout', files: everywhere },
  'lock-timeout': {
    ...duration,
    does: 'How long a write waits for the store.',
    default: '5s',
    flag: '--lock-timeout',
    files: everywhere,
  },
  'data-dir': {
    ...path,
    does: 'Data directory; unset: one per context, below the data directory of XDG.',
    flag: '--data-dir',
    variable: 'OPS_DATA_DIR',
    files: everywhere,
  },
  server: {
    does: 'Server to work against; unset: work on this machine.',
    type: 'url',
    expects: 'use an address such as https://ops.example.com',
    flag: '--server',
    variable: 'OPS_SERVER',
    files: contextOnly,
  },
  token: {
    does: 'Token for the server; files name a file or a command instead.',
    type: 'secret',
    expects: 'use `token-file` or `token-command`',
    variable: 'OPS_TOKEN',
    files: [],
  },
  'token-file': {
    ...path,
    does: 'File that holds the token, mode 0600.',
    flag: '--token-file',
    variable: 'OPS_TOKEN_FILE',
    files: contextOnly,
  },
  'token-command': {
    does: 'Command that prints the token.',
    type: 'text',
    expects: 'use a command line',
    files: contextOnly,
  },
  cluster: {
    does: 'Cluster of commands that need one: the embedded one, or that of a kubeconfig.',
    type: 'choice',
    expects: 'use embedded or kube',
    default: 'embedded',
    flag: '--cluster',
    files: contextOnly,
  },
  kubeconfig: {
    ...path,
    does: 'Which kubeconfig `cluster: kube` reads; KUBECONFIG counts where neither flag nor context says it.',
    flag: '--kubeconfig',
    variable: 'KUBECONFIG',
    files: contextOnly,
  },
  'kube-context': {
    does: 'Which context of the kubeconfig; unset: its current one.',
    type: 'text',
    expects: 'use the name of a context of the kubeconfig',
    flag: '--kube-context',
    files: contextOnly,
  },
  'read-only': {
    does: 'Refuse everything that changes something.',
    type: 'boolean',
    expects: 'use true or false',
    default: 'false',
    files: contextOnly,
  },
  protected: {
    does: 'Demand `--confirm NAME` before anything is destroyed.',
    type: 'boolean',
    expects: 'use true or false',
    default: 'false',
    files: contextOnly,
  },
} as const satisfies Record<KeyName, KeySpec>;

/** Every key, in the order of the table. */
export const keyNames: readonly KeyName[] = Object.keys(keys).filter((name): name is KeyName => name in valueSchemas);

/** What is known of a key. */
export const keySpec = (key: KeyName): KeySpec => keys[key];

/** The key of this name; undefined where there is none. */
export const keyNamed = (name: string): KeyName | undefined => keyNames.find((key) => key === name);

/** `did you mean "output"? ` where a name is close, else empty; to put before a hint. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const near = nearest(word, candidates).map((name) => `"${name}"`);
  return near.length > 0 ? `did you mean ${near.join(' or ')}? ` : '';
};
