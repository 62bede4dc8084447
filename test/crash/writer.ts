import { openDataDir } from './open.js';

// Stores small batches for ever, each under its own key, and says on stdout which were acknowledged. Killed from outside.
const [dataDir = '', writer = '', round = ''] = process.argv.slice(2);
const ctx = await openDataDir(dataDir);
const service = await ctx.query();

for (let batch = 0; ; batch++) {
  const rows = Array.from({ length: 20 }, (_, row) => JSON.stringify({ writer, round, batch, row }));
  // Two batches at a time share an extent: a group commit dies as a whole or lives as a whole.
  await Promise.all(
    [batch, batch + 1].map(async (part) => {
      const body = new TextEncoder().encode(rows.join('\n').replaceAll(`"batch":${batch}`, `"batch":${part}`));
      await service.ingest({ database: 'default', table: 'logs', body, idempotencyKey: `${writer}/${round}/${part}` });
      process.stdout.write(`${part}\n`);
    }),
  );
  batch++;
}
