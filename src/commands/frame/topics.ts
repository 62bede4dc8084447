import { exitMeanings, exitNames } from './exit-codes.js';
import { flow, twoColumns } from './wrap.js';

type Pairs = readonly (readonly [string, string])[];

const page = (...parts: readonly (string | readonly string[])[]): string =>
  `${parts.flatMap((part, index) => [...(index === 0 ? [] : ['']), ...(typeof part === 'string' ? flow(part) : part)]).join('\n')}\n`;

const named = (name: string | undefined): string => (name === undefined ? '' : ` (${name})`);

const exitCodes = (): string =>
  page(
    'Exit codes are an API: scripts may rely on them, they are only ever added to.',
    twoColumns(
      Object.entries(exitMeanings).map(([code, meaning]): [string, string] => [
        code.padStart(3),
        [meaning, named(exitNames[Number(code)])].join(''),
      ]),
    ),
    'The word in brackets is `error.code` of a JSON error. Exit 1 is kept for a verdict: the command did its work and the answer is bad. A command that could not do its work ends with another code, so that a check which never reached its data does not look like a failed check.',
    'An error is two lines on stderr: what happened, and `hint:` with what to do next. With -o json, -o ndjson or OPS_ERROR_FORMAT=json it is one JSON line instead:',
    ['  {"error":{"code":"not_found","message":"…","hint":"…","exit":3}}'],
  );

const variables: Pairs = [
  ['OPS_SERVER', 'URL of the server to work against'],
  ['OPS_CONTEXT', 'name of the context to work in'],
  ['OPS_OUTPUT', 'default of -o'],
  ['OPS_ERROR_FORMAT', 'text or json'],
  ['OPS_PAGER', 'pager for long output on a terminal'],
  ['OPS_TOKEN', 'ops token'],
  ['OPS_TOKEN_FILE', 'file that holds the ops token'],
  ['OPS_CONFIG_DIR', 'directory of config.yaml, instead of the XDG one'],
  ['OPS_DATA_DIR', 'data directory, instead of the XDG one'],
  ['OPS_LISTEN', 'addresses of `ops serve`'],
  ['OPS_NOW', 'a fixed present, RFC 3339; for tests'],
  ['OPS_TEST_CLOCK', '1: a clock that tests move'],
];

const honoured: Pairs = [
  ['NO_COLOR', 'not empty: no colour'],
  ['FORCE_COLOR, CLICOLOR_FORCE', 'colour also where it is no terminal; 0 = off'],
  ['TERM', 'dumb: no colour'],
  ['CI', 'set: never prompt, no progress'],
  ['HTTPS_PROXY, NO_PROXY', 'proxy for outgoing requests'],
  ['KUBECONFIG', 'which kubeconfig, never whether to use one'],
  ['XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_CACHE_HOME', 'see `ops help files`'],
];

const environment = (): string =>
  page(
    'A flag beats the environment, the environment beats the project file .ops.yaml, that beats the context, then the user config, then the default. `ops config explain KEY` says where a value came from.',
    twoColumns(variables),
    'Also honoured:',
    twoColumns(honoured),
    'Plugins get the environment without OPS_TOKEN and OPS_TOKEN_FILE. Plain PAGER is ignored.',
  );

const formats: Pairs = [
  ['table', 'aligned columns; the least important one is shortened to fit'],
  ['wide', 'as table, with more columns, never shortened'],
  ['json', 'the body of the matching HTTP route; a list is one array'],
  ['ndjson', 'one compact JSON value per line'],
  ['yaml', 'one document'],
  ['csv, tsv', 'with a header; nested values as compact JSON, null as empty'],
  ['md', 'a Markdown table; its header is part of the syntax and always stands'],
  ['name', 'one id per line'],
];

const formatting = (): string =>
  page(
    'stdout carries data, stderr carries talk. On a terminal lists are tables and single things are blocks of labelled lines; in a pipe or a file lists are NDJSON and single things one JSON line. -o says otherwise:',
    twoColumns(formats),
    [
      ...twoColumns([
        ['--fields a,b.c', 'only these fields, in every format'],
        ['--sort [-]FIELD', 'stable sort; - reverses'],
        ['--limit N', 'at most N items; 0 = all'],
        ['--no-header', 'no header line; not for md, which has no table without one'],
        ['--jq EXPR', 'see `ops help jq`'],
      ]),
    ],
    'Colour: flags first, then NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE, TERM=dumb, then whether this stream is a terminal. json and ndjson are coloured only where the command line itself says --color always (and not with --jq); yaml, csv, tsv, md and name never are. Numbers keep every digit in every format; NaN and infinity become null.',
  );

const jq = (): string =>
  page(
    'Every command takes --jq EXPR: a real jq, built in, no second program needed. It sees what -o json would print; of a stream (query rows, --follow) it sees one row after the other. Strings come out raw, everything else as compact JSON. Output comes while the program runs; Ctrl-C and --timeout end it, and so does the reader of a closed pipe.',
    [
      "  ops logs schema --jq '.databases[].tables[].name'",
      "  ops query 'select * from checkout' --jq 'select(.status >= 500) | .path'",
    ],
    'A mistake in the program is exit 2 and points at its place. One that meets a value that does not fit is exit 9, one that needs more than 256 MiB of memory, or makes one value of more than 128 MiB, exit 8. --fields, --sort and --limit are applied before jq.',
  );

const time = (): string =>
  page(
    'A time is an RFC 3339 instant, a day, `now`, or a duration ago:',
    ['  2026-03-01T12:00:00Z   2026-03-01   now   15m'],
    'A day begins at midnight UTC. A duration is a number and a unit, also several of them: ms, s, m, h, d (24 hours), w (7 days).',
    ['  90s   15m   1h30m   7d   2w'],
    '--since and --until work on everything that has a time. Machine formats print instants in UTC; tables print ages unless --utc is given. OPS_NOW fixes the present, for tests.',
  );

const places: Pairs = [
  ['config', '$XDG_CONFIG_HOME/ops (~/.config/ops): config.yaml and token files'],
  ['data', '$XDG_DATA_HOME/ops/CONTEXT (~/.local/share/ops/CONTEXT)'],
  ['state', '$XDG_STATE_HOME/ops (~/.local/state/ops): history, crash reports'],
  ['cache', '$XDG_CACHE_HOME/ops (~/.cache/ops): may be deleted at any time'],
];

const files = (): string =>
  page(
    'ops keeps its files where the XDG rules put them; a relative path in an XDG variable is ignored.',
    twoColumns(places),
    'A project may have .ops.yaml, looked for upwards to the root of the repository. It may set defaults, but no server, cluster, token, plugin or pager. In a data directory stand:',
    twoColumns([
      ['ops.db', 'the books: tables, extents, events, leases (SQLite)'],
      ['pins.db', 'which extents running queries read'],
      ['extents/', 'the rows, immutable Parquet files'],
      ['tmp/', 'half-written extents'],
    ]),
    'Several processes may work on one data directory at once. `ops data backup FILE` makes a consistent copy; `ops config path` prints the places in use.',
  );

/** Pages of `ops help TOPIC`, in the order in which help names them. */
export const topics = (): Readonly<Record<string, string>> => ({
  'exit-codes': exitCodes(),
  environment: environment(),
  formatting: formatting(),
  jq: jq(),
  time: time(),
  files: files(),
});
