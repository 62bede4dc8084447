import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { openDataDir } from '../crash/open.js';
import { queryServiceContract } from './query-service.js';

describe('the query service on a data directory', () => {
  queryServiceContract(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ops-contract-'));
    const ctx = await openDataDir(dataDir);
    return {
      service: await ctx.query(),
      close: async () => {
        await ctx.close();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  });
});
