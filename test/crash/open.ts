import type { Context } from '../../src/context.js';
import { openContext } from '../../src/wire.js';

/** The real thing on a data directory, as a command would get it. `now` fixes the clock. */
export const openDataDir = (dataDir: string, now?: string): Promise<Context> =>
  openContext({
    globals: { dataDir, quiet: true },
    env: { ...process.env, ...(now !== undefined && { OPS_NOW: now }) },
    cwd: process.cwd(),
    streams: process,
    controller: new AbortController(),
    setExit: (code) => {
      process.exitCode = code;
    },
  });
