import { Argument, Command, Option } from 'commander';
import { z } from 'zod';
import { documented } from '../../../src/commands/define.js';
import type { CommandFactory, CommandTree } from '../../../src/commands/frame/tree.js';
import type { Context } from '../../../src/context.js';

/** What a fake command saw; each test brings its own. */
export interface Recorded {
  readonly command: string;
  readonly args: readonly unknown[];
  readonly flags: Readonly<Record<string, unknown>>;
}

export interface FakeTree {
  readonly tree: CommandTree;
  readonly ran: Recorded[];
}

type Behaviour = (ctx: Context) => Promise<void>;

/** A small tree with the shapes that the real one has: leaves, nested groups, own flags, a flag that hides a global. */
export const fakeTree = (behave: Behaviour = async () => undefined): FakeTree => {
  const ran: Recorded[] = [];
  const leaf =
    (name: string, shape: (command: Command) => Command): CommandFactory =>
    (ctx) =>
      documented(
        shape(new Command(name).summary(`does ${name}`)).action(async (...given: unknown[]) => {
          const command = given.at(-1);
          const flags = command instanceof Command ? command.opts() : {};
          ran.push({ command: name, args: given.slice(0, -2), flags });
          await behave(ctx);
        }),
        {
          examples: [{ line: `ops ${name}`, does: 'an example' }],
          route: 'none',
          output: z.object({ name: z.string(), rows: z.array(z.object({ n: z.number().nullable() })) }),
          complete: { table: 'table', files: 'file' },
        },
      );
  const query = leaf('query', (command) =>
    command
      .argument('[sql]', 'the statement')
      .option('--db <name>', 'database')
      .option('--from <file...>', 'file to ask (repeatable)')
      .option('-n, --count <n>', 'how often')
      .option('--no-create', 'make nothing')
      .addOption(new Option('--kind <kind>', 'which kind').choices(['fast', 'slow'])),
  );
  const ingest = leaf('ingest', (command) => command.argument('<table>', 'the table').argument('[files...]', 'input'));
  const create = leaf('create', (command) =>
    command.addArgument(new Argument('<name>', 'its name')).option('--server <url>', 'its server'),
  );
  const get = leaf('get', (command) => command.argument('<table>', 'which table'));
  const list = leaf('list', (command) => command);
  const help = leaf('help', (command) => command.argument('[words...]', 'what to explain'));
  const load = (factory: CommandFactory) => async () => factory;
  const examples = [['ops logs', 'an example']] as const;
  return {
    ran,
    tree: {
      groups: [
        { path: 'logs', area: 'Query', does: 'Tables of rows.', examples },
        { path: 'logs table', area: 'Query', does: 'Single tables.', examples },
        { path: 'context', area: 'Settings', does: 'Places to work.', examples },
      ],
      commands: [
        { path: 'query', area: 'Query', load: load(query) },
        { path: 'ingest', area: 'Query', load: load(ingest) },
        { path: 'logs table get', area: 'Query', load: load(get) },
        { path: 'context list', area: 'Settings', load: load(list) },
        { path: 'context create', area: 'Settings', load: load(create) },
        {
          path: 'help',
          area: 'About ops',
          load: load(help),
          text: () => import('../../../src/commands/frame/help-words.js').then((module) => module.helpForWords),
        },
      ],
    },
  };
};
