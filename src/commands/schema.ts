import { Command } from 'commander';
import { OpsError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import type { Context } from '../context.js';
import { documented } from './define.js';
import { nodeAt } from './frame/manifest.js';
import { outputSchema } from './frame/output-fields.js';
import type { Frame } from './frame/tree.js';

/** `ops schema COMMAND…`: JSON Schema 2020-12 of what the command prints with `-o json`. */
export const schemaCommand = (ctx: Context, frame: Frame): Command =>
  documented(
    new Command('schema')
      .summary("JSON Schema of a command's output")
      .argument('<command...>', 'the words of the command')
      .action(async (words: readonly string[]) => {
        const asked = words.flatMap((word) => word.split(' ')).filter((word) => word !== '' && word !== 'ops');
        const node = nodeAt(frame.manifest, asked);
        if (node?.kind !== 'command') throw unknown(asked.join(' '), frame);
        const doc = await frame.doc(node.path);
        if (!doc?.output)
          throw new OpsError(
            'not_found',
            `\`ops ${node.path.join(' ')}\` has no output schema: its output is text, or rows of your own making`,
            `read \`ops ${node.path.join(' ')} --help\``,
          );
        const schema = outputSchema(doc.output, doc.many === true);
        // A schema as a block of labels helps nobody, so a terminal gets the document itself.
        const out = ctx.out.format === undefined && ctx.out.isTerminal ? ctx.out.as('json') : ctx.out;
        await out.print(schema, { lines: () => [['schema', JSON.stringify(schema)]] });
      }),
    {
      examples: [
        { line: 'ops schema logs schema', does: 'of `ops logs schema -o json`' },
        { line: 'ops schema logs table get -o yaml', does: 'the same, easier to read' },
      ],
      route: 'none',
      exits: [3],
      mendsSettings: true,
      complete: { command: 'command' },
    },
  );

const unknown = (asked: string, { manifest }: Frame): OpsError => {
  const paths = manifest.nodes.filter((node) => node.kind === 'command').map((node) => node.path.join(' '));
  const near = nearest(asked, paths);
  return new OpsError(
    'usage',
    `unknown command "${asked}"`,
    near.length > 0 ? `did you mean \`ops schema ${near[0] ?? ''}\`?` : 'see the commands that exist with `ops --help`',
  );
};
