import { spawn } from 'node:child_process';
import { OpsError } from '../../base/errors.js';

const deadlineMs = 10_000;
const longest = 8_192;
const runItByHand =
  'run the token-command of the context by hand; `ops config explain token-command` says where it stands';

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What a shell command prints; its stderr goes to ours. Throws `unauthenticated` where it fails, `timeout` after 10 s. */
export const tokenOfCommand = (command: string, { env, cwd, wait, signal }: Surroundings): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const timer = new AbortController();
    const parts: Uint8Array[] = [];
    let length = 0;

    const end = (settle: () => void): void => {
      timer.abort();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    /** Its own children may still hold the pipe: nobody waits for them. */
    const giveUp = (error: unknown): void =>
      end(() => {
        child.kill('SIGTERM');
        child.stdout.destroy();
        child.unref();
        reject(error);
      });
    const onAbort = (): void => giveUp(signal.reason);

    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    void wait(deadlineMs, timer.signal).then(() => {
      if (!timer.signal.aborted) giveUp(new OpsError('timeout', 'token-command did not end within 10 s', runItByHand));
    });
    child.stdout.on('data', (part: Uint8Array) => {
      length += part.length;
      parts.push(part);
      if (length > longest)
        giveUp(new OpsError('invalid_data', 'token-command printed more than 8 KiB: that is no token', runItByHand));
    });
    child.on('error', (cause) =>
      giveUp(
        new OpsError('unauthenticated', `token-command cannot be started: ${cause.message}`, runItByHand, { cause }),
      ),
    );
    child.on('close', (code, killedBy) =>
      end(() => {
        if (code === 0) return resolve(Buffer.concat(parts).toString());
        const how = killedBy === null ? `with exit code ${code}` : `by ${killedBy}`;
        reject(new OpsError('unauthenticated', `token-command ended ${how}`, runItByHand));
      }),
    );
  });
