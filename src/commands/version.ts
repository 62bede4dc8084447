import { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../context.js';
import { documented } from './define.js';
import type { Frame } from './frame/tree.js';

const Versions = z.object({ version: z.string(), node: z.string(), duckdb: z.string(), sqlite: z.string() });

/** `ops version`: of this program, of Node.js and of the engines inside. */
export const versionCommand = (ctx: Context, { manifest }: Frame): Command =>
  documented(
    new Command('version').summary('versions of ops, Node.js and the engines').action(async () => {
      const engines = await ctx.diagnostics();
      const [duckdb, sqlite] = await Promise.all([engines.duckdb(), engines.sqlite()]);
      const versions: z.infer<typeof Versions> = {
        version: manifest.version,
        node: process.versions.node,
        duckdb,
        sqlite,
      };
      await ctx.out.print(versions, {
        lines: (known) => [
          ['ops', known.version],
          ['Node.js', known.node],
          ['DuckDB', known.duckdb],
          ['SQLite', known.sqlite],
        ],
        name: (known) => known.version,
      });
    }),
    {
      examples: [
        { line: 'ops version', does: 'for a bug report' },
        { line: 'ops version --jq .duckdb', does: 'one of them, for a script' },
      ],
      route: 'none',
      output: Versions,
      mendsSettings: true,
    },
  );
