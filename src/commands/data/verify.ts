import { Command } from 'commander';
import type { Context } from '../../context.js';
import { VerifyRow } from '../../core/shared/index.js';
import { verifyView } from '../../render/data.js';
import { usesUnicode } from '../../render/index.js';
import { documented } from '../define.js';

const run = async (ctx: Context): Promise<void> => {
  const directory = await ctx.dataDirectory();
  const counts = { ok: 0, fail: 0 };
  const checked = async function* (): AsyncGenerator<VerifyRow> {
    for await (const row of directory.verify(ctx.signal)) {
      counts[row.status]++;
      // Said before the row goes out, so that a reader that has gone cannot hide it.
      if (row.status === 'fail') ctx.setExit(1);
      yield row;
    }
  };
  await ctx.out.list(checked(), verifyView({ unicode: usesUnicode(ctx.env) }));
  ctx.err.summary(`${counts.ok} ok, ${counts.fail} failed`);
};

/** `ops data verify`: every stored file against the books; exit 1 if one fails. */
export const dataVerifyCommand = (ctx: Context): Command =>
  documented(
    new Command('verify').summary('check every stored file against the books').action(() => run(ctx)),
    {
      examples: [
        { line: 'ops data verify', does: 'the data directory in use' },
        { line: `ops data verify --jq '.[] | select(.status == "fail")'`, does: 'only what is wrong' },
      ],
      route: 'none',
      output: VerifyRow,
      many: true,
      exits: [1, 3, 6, 130],
      localOnly: 'it reads a data directory of this machine',
    },
  );
