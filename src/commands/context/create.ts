import { Command } from 'commander';
import type { Context } from '../../context.js';
import { contextNamed, createContext, type KeyName } from '../../core/config/index.js';
import { documented } from '../define.js';
import { ContextRow, contextRow, contextView, effectiveContext } from './row.js';

interface Flags {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly tokenCommand?: string;
  readonly cluster?: string;
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
  readonly readOnly?: true;
  readonly protected?: true;
}

/** Flags that were given, as values of their keys. */
const valuesOf = (flags: Flags): Readonly<Partial<Record<KeyName, string>>> => ({
  ...(flags.server === undefined ? {} : { server: flags.server }),
  ...(flags.tokenFile === undefined ? {} : { 'token-file': flags.tokenFile }),
  ...(flags.tokenCommand === undefined ? {} : { 'token-command': flags.tokenCommand }),
  ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
  ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
  ...(flags.kubeContext === undefined ? {} : { 'kube-context': flags.kubeContext }),
  ...(flags.readOnly ? { 'read-only': 'true' } : {}),
  ...(flags.protected ? { protected: 'true' } : {}),
});

/** `ops context create NAME`: writes it down; switching is another command. */
export const contextCreateCommand = (ctx: Context): Command =>
  documented(
    new Command('create')
      .summary('write down a new context')
      .argument('<name>', 'its name')
      .option('--server <url>', 'server to work against; without it the context works on this machine')
      .option('--token-file <file>', 'file that holds the token; relative to the folder of config.yaml')
      .option('--token-command <command>', 'command that prints the token')
      .option('--cluster <kind>', 'embedded or kube')
      .option('--kubeconfig <file>', 'kubeconfig of --cluster kube')
      .option('--kube-context <name>', 'context in the kubeconfig')
      .option('--read-only', 'refuse everything that changes something')
      .option('--protected', 'demand --confirm NAME before anything is destroyed')
      .action(async (name: string, flags: Flags) => {
        const values = valuesOf(flags);
        const files = await ctx.configFiles();
        const { dryRun } = ctx.settings;
        const { config } = await files.change((before) => createContext(before, name, values), { dryRun });
        await ctx.out.print(contextRow(name, contextNamed(config, name), effectiveContext(ctx)), contextView);
        if (dryRun) return ctx.err.note(`--dry-run: context ${name} would be created; nothing was written`);
        ctx.err.note(`created context ${name}; work there with \`ops context use ${name}\``);
      }),
    {
      examples: [
        { line: 'ops context create lab --cluster kube --kube-context lab', does: 'a cluster to work with' },
        {
          line: 'ops context create prod --server https://ops.example.com --token-file prod.token --protected',
          does: 'a server, with a guard against accidents',
        },
      ],
      route: 'none',
      output: ContextRow,
      exits: [4, 5, 6, 9],
      mendsSettings: true,
    },
  );
