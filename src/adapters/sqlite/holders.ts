import { isAlive } from './is-alive.js';
import type { PinsDatabase } from './pins-database.js';

/** A note of who took the write lock last, so that whoever waits in vain can name him. */
export interface Holders {
  note(): void;
  /** `process 4242 (ops ingest)`; `another process` where that is not known. */
  describe(): string;
}

/** The subcommand only: flags and arguments may hold what is nobody else's business. */
const commandOf = (argv: readonly string[]): string => {
  const words: string[] = [];
  for (const word of argv.slice(2, 4)) {
    if (!/^[a-z][a-z-]*$/.test(word)) break;
    words.push(word);
  }
  return ['ops', ...words].join(' ');
};

export const holders = (pins: PinsDatabase, argv: readonly string[] = process.argv): Holders => {
  const command = commandOf(argv);
  let noted = false;
  return {
    note: () => {
      try {
        pins.use((sql) =>
          sql.run(
            `INSERT INTO holder (lock, pid, command) VALUES ('ops.db', ?, ?)
             ON CONFLICT (lock) DO UPDATE SET pid = excluded.pid, command = excluded.command`,
            process.pid,
            command,
          ),
        );
        noted = true;
      } catch {
        noted = false; // the note is a courtesy: the write itself must not fail for it
      }
    },
    describe: () => {
      try {
        const row = pins.use((sql) =>
          sql.get<{ pid: number; command: string }>(`SELECT pid, command FROM holder WHERE lock = 'ops.db'`),
        );
        if (row && row.pid !== process.pid && isAlive(row.pid)) return `process ${row.pid} (${row.command})`;
        return row?.pid === process.pid && noted ? `this process (${command})` : 'another process';
      } catch {
        return 'another process'; // an error about the error helps nobody
      }
    },
  };
};
