import { nearest } from '../../../base/nearest.js';
import type { Context } from '../../../context.js';
import type { ListView, Output } from '../../../render/index.js';
import { queryStatsLine } from '../../../render/query.js';
import { type DotCommand, helpText } from './dot-command.js';
import { withStatement } from './history.js';
import type { LineReader } from './line-reader.js';
import { nothingPending, type Pending, promptOf, type ShellStep, takeLine } from './session.js';
import type { ShellSource } from './source.js';

export interface ShellParts {
  readonly source: ShellSource;
  readonly keyboard: LineReader;
  /** An error as text for the terminal, caret line included. */
  readonly errorText: (error: unknown) => string;
  /** Called when the source changes, so that completion follows. */
  readonly onSource?: (source: ShellSource) => void;
}

interface ColumnLine {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const schemaView: ListView<ColumnLine> = {
  noun: 'tables',
  columns: [
    { head: 'TABLE', cell: ({ table }) => table, id: true },
    { head: 'COLUMN', cell: ({ column }) => column },
    { head: 'TYPE', cell: ({ type }) => type },
  ],
  name: ({ table, column }) => `${table}.${column}`,
};

/**
 * Reads statements until `.quit` or Ctrl-D and puts them to the source. A mistake is shown and the shell goes on;
 * only the end of the whole command (SIGTERM, `--timeout`) throws.
 */
export class Shell {
  private source: ShellSource;
  private out: Output;
  private timer = false;
  private pending: Pending = nothingPending;
  /** Lines that the pending statement was typed as. */
  private lines: string[] = [];

  constructor(
    private readonly ctx: Context,
    private readonly parts: ShellParts,
  ) {
    this.source = parts.source;
    this.out = ctx.out;
  }

  /** The text of the statement that is being typed, without the current line; for completion. */
  pendingText(): string {
    return this.pending.text;
  }

  async run(): Promise<void> {
    for (;;) {
      const typed = await this.parts.keyboard.next(promptOf(this.source.label, this.pending));
      this.ctx.signal.throwIfAborted();
      if (typed.kind === 'end') return this.ctx.err.raw('\n');
      if (typed.kind === 'interrupt') this.interrupted(typed.hadText);
      if (typed.kind === 'line' && (await this.take(typed.text)) === 'quit') return;
    }
  }

  private interrupted(hadText: boolean): void {
    const wasIdle = !hadText && this.pending.text === '';
    this.ctx.err.raw(wasIdle ? '^C\nto leave, type .quit or press Ctrl-D\n' : '^C\n');
    this.pending = nothingPending;
    this.lines = [];
  }

  private async take(line: string): Promise<'quit' | undefined> {
    const { pending, steps } = takeLine(this.pending, line);
    this.lines.push(line);
    this.remember(steps);
    this.pending = pending;
    if (pending.text === '') this.lines = [];
    for (const step of steps) {
      if (step.do === 'remind') this.ctx.err.raw('end the statement with ; to run it, or drop it with Ctrl-C\n');
      if (step.do === 'run') await this.answer(step.sql);
      if (step.do === 'dot' && (await this.obey(step.command)) === 'quit') return 'quit';
    }
    return undefined;
  }

  private remember(steps: readonly ShellStep[]): void {
    const run = steps.flatMap((step) => (step.do === 'run' ? [step.sql] : []));
    const [statement] = run;
    if (statement === undefined || run.length > 1) return; // several on one line: readline's own entry is the better one
    const { keyboard } = this.parts;
    keyboard.change(withStatement(keyboard.history(), { statement, lines: this.lines }));
  }

  private async answer(sql: string): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.ctx.signal]);
    const work = async (): Promise<void> => {
      const result = await this.source.query(sql, signal);
      const cancel = () => result.cancel();
      signal.addEventListener('abort', cancel);
      try {
        // Not poured: Ctrl-C must find somebody who listens.
        await this.out.rows({ columns: result.columns, ndjson: () => result.ndjson(), cancel });
        if (this.timer) this.ctx.err.raw(`${queryStatsLine(result.stats())}\n`);
      } finally {
        signal.removeEventListener('abort', cancel);
        await result.close();
      }
    };
    await this.guarded(() => this.parts.keyboard.during(() => stop.abort(), work), stop.signal);
  }

  /** Runs it; a mistake is shown, an interruption is noted, and the shell goes on. */
  private async guarded(work: () => Promise<void>, stop?: AbortSignal): Promise<void> {
    try {
      await work();
      await this.out.flush(); // Or the next prompt would stand before the answer.
    } catch (error) {
      this.ctx.signal.throwIfAborted();
      if (!stop?.aborted) this.ctx.err.raw(this.parts.errorText(error));
    }
    if (stop?.aborted) this.ctx.err.raw('^C\nstopped\n');
  }

  private async obey(command: DotCommand): Promise<'quit' | undefined> {
    if (command.kind === 'quit') return 'quit';
    if (command.kind === 'help') this.ctx.err.raw(helpText());
    if (command.kind === 'wrong') this.ctx.err.raw(`${command.message}\nhint: ${command.hint}\n`);
    if (command.kind === 'timer') this.timer = command.on;
    if (command.kind === 'mode') this.out = this.ctx.out.as(command.format);
    if (command.kind === 'schema') await this.guarded(() => this.showSchema(command.table));
    if (command.kind === 'db') await this.guarded(() => this.moveTo(command.database));
    return undefined;
  }

  private async showSchema(wanted: string | undefined): Promise<void> {
    const tables = await this.source.tables();
    const shown = wanted === undefined ? tables : tables.filter(({ name }) => name === wanted);
    if (wanted !== undefined && shown.length === 0) {
      const near = nearest(
        wanted,
        tables.map(({ name }) => name),
      )[0];
      return this.ctx.err.raw(
        `no table "${wanted}"\nhint: ${near ? `did you mean ${near}?` : '.schema lists the tables'}\n`,
      );
    }
    const lines = shown.flatMap(({ name, columns }) =>
      columns.map((column) => ({ table: name, column: column.name, type: column.type })),
    );
    await this.out.list<ColumnLine>(lines, schemaView);
  }

  private async moveTo(database: string): Promise<void> {
    const next = await this.source.inDatabase?.(database);
    if (!next) {
      const known = await this.source.databases();
      const hint =
        known.length === 0 ? 'these are files, there is no other database' : `there are: ${known.join(', ')}`;
      return this.ctx.err.raw(`no database "${database}"\nhint: ${hint}\n`);
    }
    this.source = next;
    this.parts.onSource?.(next);
  }
}
