import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Black-box scripts over the built program: one text file each, run with a fresh HOME, no `OPS_*` but a fixed clock.
 *
 *     exec ops query 'SELECT 1'   run a command (words, '…' or "…"); its exit code must be 0 …
 *     exit 3                      … unless the next line names another
 *     stdin FILE                  before `exec`: its standard input
 *     sh LINE                     a whole shell line (pipes)
 *     stdout RE / ! stdout RE     the output of the last command matches, or does not (also stderr)
 *     stdout-is FILE              equals the file, byte for byte
 *     empty stdout                nothing at all was written
 *     json PATH VALUE             a value of the last output, e.g. `json .rows_ingested 3`; `.[0].name`
 *     env NAME=VALUE              from here on
 *     absent FILE / present FILE
 *     serve FLAGS                 starts `ops serve FLAGS` on a free port; `$SERVER` is its URL in later lines
 *     stop                        ends it with SIGTERM; it must exit 0
 *     -- NAME --                  an embedded file, up to the next such line; `\xHH` in names ending in .bin
 */
export interface Script {
  readonly name: string;
  readonly text: string;
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const root = resolve(import.meta.dirname, '../..');
export const fixtures = join(root, 'fixtures');

/** Words of a line; '…' holds blanks (two quotes within are one), and so does a word that is wholly in "…". */
export const words = (line: string): string[] => {
  const found: string[] = [];
  const pattern = /\s*(?:"([^"]*)"(?=\s|$)|((?:'(?:[^']|'')*'|[^\s'])+))/y;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    const [, whole, mixed = ''] = match;
    found.push(whole ?? mixed.replace(/'((?:[^']|'')*)'/g, (_, inner: string) => inner.replaceAll("''", "'")));
  }
  return found;
};

/** The steps and the embedded files of a script. */
export const parseScript = (text: string): { steps: { line: number; text: string }[]; files: Map<string, string> } => {
  const steps: { line: number; text: string }[] = [];
  const files = new Map<string, string>();
  let file: string | undefined;
  text.split('\n').forEach((line, index) => {
    const marker = /^-- (.+) --$/.exec(line);
    if (marker) {
      file = marker[1] ?? '';
      files.set(file, '');
    } else if (file !== undefined) files.set(file, `${files.get(file)}${line}\n`);
    else if (line.trim() !== '' && !line.startsWith('#')) steps.push({ line: index + 1, text: line.trim() });
  });
  // The newline that ends the script's last file is the editor's.
  for (const [name, content] of files) files.set(name, content.replace(/\n\n$/, '\n'));
  return { steps, files };
};

const bytesOf = (name: string, content: string): Buffer =>
  name.endsWith('.bin')
    ? Buffer.from(
        content
          .replace(/\n$/, '')
          .replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      )
    : Buffer.from(content);

const at = (value: unknown, path: string): unknown =>
  path
    .split(/\.|\[(\d+)\]/)
    .filter((part) => part !== undefined && part !== '')
    .reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], value);

const run = (
  argv: readonly string[],
  options: { cwd: string; env: Record<string, string>; stdin: Buffer | undefined },
): Promise<Ran> =>
  new Promise((done, fail) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), { cwd: options.cwd, env: options.env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined); // a program may exit without reading its input
    child.stdin.end(options.stdin ?? Buffer.alloc(0));
    child.on('error', fail);
    child.on('close', (code, signal) =>
      done({
        code: code ?? (signal === 'SIGKILL' ? 137 : 143),
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    );
  });

/** A folder with `ops` on its own PATH, an empty HOME, and the environment of a script. */
export const sandbox = (): { cwd: string; env: Record<string, string>; remove(): void } => {
  const base = mkdtempSync(join(tmpdir(), 'ops-script-'));
  const cwd = join(base, 'work');
  const bin = join(base, 'bin');
  for (const folder of [cwd, bin, join(base, 'home')]) mkdirSync(folder);
  symlinkSync(join(root, 'bin/ops.js'), join(bin, 'ops'));
  const env = {
    PATH: `${bin}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: join(base, 'home'),
    LANG: 'C.UTF-8',
    TMPDIR: base,
    OPS_NOW: '2026-11-21T12:00:00Z',
    FIXTURES: fixtures,
  };
  return { cwd, env, remove: () => rmSync(base, { recursive: true, force: true }) };
};

interface RunningServer {
  readonly url: string;
  /** SIGTERM; resolves with the exit code and what stood on stderr. */
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** `ops serve` on a free port, ready. */
const startServer = async (
  flags: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<RunningServer> => {
  const child = spawn('ops', ['serve', '--listen', '127.0.0.1:0', ...flags], { cwd, env });
  let stderr = '';
  child.stderr.on('data', (part) => {
    stderr += part;
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const url = await new Promise<string>((ready, fail) => {
    let stdout = '';
    child.stdout.on('data', (part) => {
      stdout += part;
      if (stdout.includes('\n')) ready((JSON.parse(stdout) as { url: string }).url);
    });
    child.on('close', (code) => fail(new Error(`ops serve ended with ${code} before it was ready:\n${stderr}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      return { code: await ended, stderr };
    },
  };
};

/** Makes what follows work against a server on this sandbox's data directory, with a token for everything. */
const goRemote = async (place: {
  readonly cwd: string;
  readonly env: Record<string, string>;
}): Promise<RunningServer> => {
  const words = ['auth', 'token', 'create', '--name', 'script', '--role', 'query=admin', '--jq', '.token'];
  const made = await run(['ops', ...words], { ...place, stdin: undefined });
  if (made.code !== 0) throw new Error(`no token: ${made.stderr}`);
  const server = await startServer(['-q'], place);
  Object.assign(place.env, { OPS_SERVER: server.url, OPS_TOKEN: made.stdout.trim() });
  return server;
};

/** Runs a script; throws an error that names the line and shows what was seen. */
export const runScript = async (
  script: Script,
  { remote = false }: { readonly remote?: boolean } = {},
): Promise<void> => {
  const { steps, files } = parseScript(script.text);
  const { cwd, env, remove } = sandbox();
  let server: RunningServer | undefined;
  for (const [name, content] of files) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), bytesOf(name, content));
  }
  const read = (name: string): Buffer => readFileSync(resolve(cwd, name));
  let last: Ran | undefined;
  let stdin: Buffer | undefined;
  let unread: { line: number; text: string } | undefined;

  const fail = (step: { line: number; text: string }, why: string): never => {
    const seen = last
      ? `\nexit ${last.code}\nstdout:\n${last.stdout.slice(0, 3_000)}\nstderr:\n${last.stderr.slice(0, 3_000)}`
      : '';
    throw new Error(`${script.name}:${step.line}: ${step.text}\n${why}${seen}`);
  };
  const checkExit = (step: { line: number; text: string }): void => {
    if (unread && last && last.code !== 0) fail(unread, `exit code ${last.code}, expected 0`);
    unread = undefined;
    if (step.line < 0) return;
  };
  const stream = (name: string | undefined): string => (name === 'stderr' ? last?.stderr : last?.stdout) ?? '';

  try {
    if (remote) server = await goRemote({ cwd, env });
    for (const step of steps) {
      const text = step.text
        .replaceAll('$FIXTURES', fixtures)
        .replaceAll('$WORK', cwd)
        .replaceAll('$SERVER', server?.url ?? '$SERVER');
      const negated = text.startsWith('! ');
      const [verb, ...rest] = words(negated ? text.slice(2) : text);
      const tail = text.slice(text.indexOf(' ') + 1);
      if (verb !== 'exit') checkExit(step);
      if (verb === 'exec' || verb === 'sh') {
        last = await run(verb === 'sh' ? ['sh', '-c', tail] : rest, { cwd, env, stdin });
        stdin = undefined;
        unread = step;
      } else if (verb === 'exit') {
        if (last?.code !== Number(rest[0])) fail(step, `exit code ${last?.code}`);
        unread = undefined;
      } else if (verb === 'stdin') stdin = read(rest[0] ?? '');
      else if (verb === 'stdout' || verb === 'stderr') {
        if (new RegExp(rest.join(' '), 'm').test(stream(verb)) === negated)
          fail(step, negated ? 'matches' : 'does not match');
      } else if (verb === 'stdout-is') {
        if (stream('stdout') !== read(rest[0] ?? '').toString()) fail(step, `differs from\n${read(rest[0] ?? '')}`);
      } else if (verb === 'empty') {
        if (stream(rest[0]) !== '') fail(step, 'is not empty');
      } else if (verb === 'json') {
        const [path = '', ...value] = rest;
        const found = JSON.stringify(at(JSON.parse(stream('stdout')), path));
        if (found !== value.join(' ')) fail(step, `is ${found}`);
      } else if (verb === 'env') {
        const [name = '', ...value] = (rest[0] ?? '').split('=');
        env[name as keyof typeof env] = value.join('=');
      } else if (verb === 'absent' || verb === 'present') {
        const there = (() => {
          try {
            read(rest[0] ?? '');
            return true;
          } catch {
            return false;
          }
        })();
        if (there !== (verb === 'present')) fail(step, there ? 'is there' : 'is not there');
      } else if (verb === 'serve') server = await startServer(rest, { cwd, env });
      else if (verb === 'stop') {
        const { code = null, stderr = '' } = (await server?.stop()) ?? {};
        server = undefined;
        last = { code: code ?? 143, stdout: '', stderr };
        if (code !== 0) fail(step, `the server ended with ${code}`);
      } else fail(step, `unknown step "${verb}"`);
    }
    checkExit({ line: -1, text: 'end' });
    const stopped = await server?.stop();
    server = undefined;
    if (stopped && stopped.code !== 0) throw new Error(`the server ended with ${stopped.code}: ${stopped.stderr}`);
  } finally {
    await server?.stop();
    remove();
  }
};
