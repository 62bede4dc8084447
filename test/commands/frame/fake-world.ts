import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { OpsError } from '../../../src/base/errors.js';
import { buildManifest } from '../../../src/commands/frame/build-manifest.js';
import type { CommandTree } from '../../../src/commands/frame/tree.js';
import type { Context, OpenContext, Streams } from '../../../src/context.js';
import { main, type World } from '../../../src/main.js';
import { fakeTree, type Recorded } from './fake-tree.js';

type Started = Parameters<OpenContext>[0];

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly commands: readonly Recorded[];
  readonly opened: readonly Started[];
  readonly closed: number;
  /** Exit codes with which the process was left at once. */
  readonly left: readonly number[];
}

/** `Object()` hands a stand-in over without a claim about its type. */
const stream = (): { stream: NodeJS.WriteStream; text: () => string } => {
  const through = new PassThrough();
  const parts: Buffer[] = [];
  through.on('data', (part: Buffer) => parts.push(part));
  return { stream: Object(through), text: () => Buffer.concat(parts).toString() };
};

/** Runs `main` over the fake tree with streams, signals and a context that record. */
export const runMain = async (
  argv: readonly string[],
  {
    behave,
    env = {},
    signals = new EventEmitter(),
    open,
    tree,
    timeoutMs,
    fault,
  }: {
    readonly behave?: (ctx: Context) => Promise<void>;
    readonly env?: Readonly<Record<string, string>>;
    readonly signals?: EventEmitter;
    readonly open?: () => void;
    readonly tree?: CommandTree;
    /** As the config has it. */
    readonly timeoutMs?: number;
    readonly fault?: OpsError;
  } = {},
): Promise<Ran> => {
  const fake = fakeTree(behave);
  const [stdout, stderr] = [stream(), stream()];
  const streams: Streams = { stdin: Object(new PassThrough()), stdout: stdout.stream, stderr: stderr.stream };
  const opened: Started[] = [];
  const left: number[] = [];
  let closed = 0;
  const world: World & { readonly graceMs: number } = {
    argv,
    env,
    cwd: '/',
    streams,
    signals,
    graceMs: 20,
    leave: (exit) => void left.push(exit),
    tree: tree ?? fake.tree,
    manifest: () => buildManifest(tree ?? fake.tree, '1.2.3'),
    now: () => new Date('2026-03-01T12:00:00Z'),
    quickNames: async () => undefined,
    openContext: async (start) => {
      opened.push(start);
      open?.();
      return Object({
        env,
        signal: start.controller.signal,
        setExit: start.setExit,
        settings: { timeoutMs, fault, server: start.globals.server, origins: new Map([['output', {}]]) },
        out: { flush: async () => undefined },
        storedNames: async () => ({
          databases: ['default', 'lab'],
          tables: [
            { database: 'default', name: 'logs' },
            { database: 'lab', name: 'low' },
          ],
        }),
        configFiles: async () => ({ read: async () => ({ contexts: { lab: {} } }) }),
        close: async () => {
          closed++;
        },
      });
    },
  };
  const exit = await main(world);
  return { exit, stdout: stdout.text(), stderr: stderr.text(), commands: fake.ran, opened, closed, left };
};
