import { Command } from 'commander';
import { isOpsError } from '../base/errors.js';
import type { Context } from '../context.js';
import {
  type Check,
  configFinding,
  Diagnosis,
  dataDirectoryFinding,
  diagnosisOf,
  type Finding,
  fail,
  kubeFinding,
  nodeFinding,
  ok,
  orphanFinding,
  skip,
  storeFinding,
  terminalFinding,
  tokenFinding,
  warn,
} from '../core/config/index.js';
import { paint, printable, usesColour, usesUnicode } from '../render/index.js';
import { documented } from './define.js';

type Probe = (ctx: Context, asked: { readonly online: boolean }) => Promise<Finding>;

const said = (ctx: Context, key: string): string => ctx.settings.origins.get(key)?.value ?? '';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const engine =
  (name: 'duckdb' | 'sqlite'): Probe =>
  async (ctx) => {
    try {
      return ok(await (await ctx.diagnostics())[name]());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return fail(
        `does not load: ${why}`,
        'install ops again on this machine: `npm ci`, or `npm install` of its package',
      );
    }
  };

const tokens: Probe = async (ctx) => {
  const diagnostics = await ctx.diagnostics();
  const path = said(ctx, 'token-file');
  return tokenFinding(path === '' ? [] : [{ path, mode: await diagnostics.mode(path) }]);
};

const cluster: Probe = async (ctx) => {
  const wants = { cluster: said(ctx, 'cluster'), kubeContext: said(ctx, 'kube-context') };
  try {
    return kubeFinding(await (await ctx.configFiles()).kubeContexts(said(ctx, 'kubeconfig') || undefined), wants);
  } catch (error) {
    if (!isOpsError(error) || wants.cluster === 'kube') throw error;
    return warn(error.message, error.hint ?? 'correct it before a context uses it');
  }
};

/** A server is asked only where the user wants that. */
const server: Probe = async ({ settings }, { online }) => {
  if (settings.server === undefined) return skip('no server is configured: everything works on this machine');
  if (!online) return skip('not asked', 'ask it with `ops doctor --online`');
  return skip('this ops cannot work against a server yet', 'work on this machine: `ops context use local`');
};

/** What is looked at, in this order. */
const probes: Readonly<Record<string, Probe>> = {
  'node.js': async () => nodeFinding(process.versions.node),
  duckdb: engine('duckdb'),
  sqlite: engine('sqlite'),
  config: async (ctx) => configFinding((await ctx.configFiles()).file, ctx.settings.fault),
  'data directory': async (ctx) =>
    dataDirectoryFinding(ctx.settings.dataDir, await (await ctx.diagnostics()).folder(ctx.settings.dataDir)),
  store: async (ctx) => storeFinding(await (await ctx.diagnostics()).store(ctx.settings.dataDir)),
  'token file': tokens,
  terminal: async (ctx) => {
    const { env, out } = ctx;
    const choice = said(ctx, 'color');
    const flag = choice === 'always' || choice === 'never' ? choice : 'auto';
    return terminalFinding({
      terminal: out.isTerminal,
      colour: usesColour({ flag, env, isTerminal: out.isTerminal }),
      utf8: usesUnicode(env),
    });
  },
  kubeconfig: cluster,
  'half-written files': async (ctx) =>
    orphanFinding(await (await ctx.diagnostics()).orphans([ctx.settings.configDir, ctx.settings.dataDir])),
  server,
};

/** A check that breaks is a finding too: the others go on. */
const examined = async (name: string, probe: Probe, run: readonly [Context, { online: boolean }]): Promise<Check> => {
  try {
    return { name, ...(await probe(...run)) };
  } catch (error) {
    if (isOpsError(error)) return { name, ...fail(error.message, error.hint ?? 'see `ops help files`') };
    return { name, ...fail(`the check broke: ${messageOf(error)}`, 'this is a bug in ops; the other checks stand') };
  }
};

const marks = {
  ok: { sign: '✓', plain: 'ok', tone: 'good' },
  warn: { sign: '!', plain: 'warn', tone: 'warn' },
  fail: { sign: '✗', plain: 'FAIL', tone: 'bad' },
  skip: { sign: '-', plain: 'skip', tone: 'dim' },
} as const;

/** `ops doctor`: is this machine fit, and if not, what to do. */
export const doctorCommand = (ctx: Context): Command =>
  documented(
    new Command('doctor')
      .summary('check this installation, and say how to mend it')
      .option('--online', 'also ask the server')
      .action(async (flags: { readonly online?: true }) => {
        const asked = { online: flags.online === true };
        const checks: Check[] = [];
        for (const [name, probe] of Object.entries(probes)) checks.push(await examined(name, probe, [ctx, asked]));
        const diagnosis = diagnosisOf(checks);
        if (!diagnosis.ok) ctx.setExit(1);
        await ctx.out.print(diagnosis, {
          lines: () => [],
          name: () => (diagnosis.ok ? 'ok' : 'fail'),
          block: (found, { colour, unicode }) =>
            found.checks
              .flatMap(({ name, status, detail, hint }) => {
                const { sign, plain, tone } = marks[status];
                const mark = unicode ? `${sign} ${status.padEnd(4)}` : plain.padEnd(4);
                const line = `${paint(mark, tone, colour)}  ${name.padEnd(18)}  ${printable(detail)}`;
                const indent = ' '.repeat((unicode ? 6 : 4) + 2);
                return hint === null ? [line] : [line, `${indent}${paint(`hint: ${printable(hint)}`, 'dim', colour)}`];
              })
              .join('\n'),
        });
        const failed = checks.filter(({ status }) => status === 'fail').length;
        const warned = checks.filter(({ status }) => status === 'warn').length;
        ctx.err.summary(`${checks.length} checks: ${failed} failed, ${warned} with a warning`);
      }),
    {
      examples: [
        { line: 'ops doctor', does: 'everything that can be told offline' },
        { line: `ops doctor --jq '.checks[] | select(.status != "ok")'`, does: 'only what is not in order' },
      ],
      route: 'none',
      output: Diagnosis,
      exits: [1],
      mendsSettings: true,
    },
  );
