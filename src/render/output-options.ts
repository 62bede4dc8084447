import { OpsError } from '../base/errors.js';
import type { Format, JqProgram, Notes } from './output.js';
import type { ByteStream, Sink } from './sink.js';

/** Everything that stdout hangs on; made from flags, environment and config. */
export interface OutputOptions {
  /** Opened with the first write: touching `process.stdout` early costs time. */
  readonly stdout: () => ByteStream;
  readonly isTerminal: boolean;
  /** `-o`; undefined = the default of each kind of answer. */
  readonly format?: Format | undefined;
  /** `--fields`. */
  readonly fields?: readonly string[] | undefined;
  /** `--sort`, as given. */
  readonly sort?: string | undefined;
  /** `--limit`; 0 = all, and then also a table on a terminal shows all. */
  readonly limit?: number | undefined;
  /** False for `--no-header`. */
  readonly header?: boolean | undefined;
  /** `--jq`, compiled at the first need. */
  readonly jq?: (() => Promise<JqProgram>) | undefined;
  /** What `usesColour` says for stdout; machine formats stay plain, JSON unless `colourJson`. */
  readonly colour?: boolean | undefined;
  /** True for an explicit `--color=always` only: then JSON and NDJSON are coloured too. */
  readonly colourJson?: boolean | undefined;
  /** What `usesUnicode` says. */
  readonly unicode?: boolean | undefined;
  /** Terminal cells of a line, asked for at each answer (windows change); not asked on a pipe. */
  readonly width?: (() => number | undefined) | undefined;
  readonly notes: Pick<Notes, 'note' | 'warn' | 'progressDone'>;
  /** Loads the encoder of one YAML document. It gets plain data, maps, bigint and `ExactNumber`. */
  readonly yaml: () => Promise<(value: unknown) => string>;
  /** Where `OPS_PAGER` or the config names one: terminal rows, and how to start it. */
  readonly pager?: { readonly rows: number; readonly open: () => Sink } | undefined;
  /** Whether an engine may write to `/dev/stdout` itself; default `stdoutIsPourable`. */
  readonly pourable?: (() => boolean) | undefined;
}

export type Kind = 'list' | 'thing' | 'rows';

/** The format of an answer: what was asked for, else a table on a terminal, else NDJSON, or JSON for one thing. */
export const effectiveFormat = (options: Pick<OutputOptions, 'format' | 'isTerminal'>, kind: Kind): Format =>
  options.format ?? (options.isTerminal ? 'table' : kind === 'thing' ? 'json' : 'ndjson');

/** Whether text of this format is coloured as JSON. */
export const coloursJson = ({ colourJson, jq }: OutputOptions, format: Format): boolean =>
  colourJson === true && !jq && (format === 'json' || format === 'ndjson');

/** Refuses `--jq` together with a format that is not JSON: `usage`. */
export const checkJqFormat = ({ format, jq }: Pick<OutputOptions, 'format' | 'jq'>): void => {
  if (!jq || format === undefined || format === 'json' || format === 'ndjson') return;
  throw new OpsError(
    'usage',
    `--jq and -o ${format} exclude each other: a jq program decides itself what is printed`,
    "leave out `-o`, or let jq make the lines, e.g. `--jq '[.a, .b] | @csv'`",
  );
};

/** Refuses formats that need the end of something that has none: `usage`. */
export const checkLiveFormat = (format: Format): void => {
  if (format !== 'json' && format !== 'yaml') return;
  throw new OpsError(
    'usage',
    `-o ${format} cannot show a stream that goes on`,
    'use `-o ndjson`: one JSON value a line',
  );
};
