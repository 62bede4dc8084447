import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const levels = ['info', 'info', 'info', 'info', 'warn', 'error', 'debug'];
const services = ['checkout-api', 'cart', 'db-primary', 'search', 'auth', 'payments'];
const statuses = [200, 200, 200, 404, 500];

/** Small, fast and the same everywhere: the rows must be equal in every run. */
const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

export const benchFolder = (): string => {
  const folder = join(tmpdir(), 'ops-bench');
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** `rows` log lines as NDJSON, about 157 bytes each; made once. */
export const logFile = async (rows: number): Promise<string> => {
  const path = join(benchFolder(), `logs-${rows}.ndjson`);
  if (existsSync(path)) return path;
  const random = seeded(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const out = createWriteStream(`${path}.new`);
  let at = Date.UTC(2026, 10, 20);
  for (let row = 0; row < rows; ) {
    let text = '';
    for (let end = Math.min(row + 5_000, rows); row < end; row++) {
      at += 1 + Math.floor(random() * 80);
      text += `${JSON.stringify({
        timestamp: new Date(at).toISOString(),
        level: pick(levels),
        service: pick(services),
        status: pick(statuses),
        latency_ms: Math.round(random() * 50_000) / 100,
        message: `request ${Math.floor(random() * 1e6)} handled by worker ${Math.floor(random() * 64)}`,
      })}\n`;
    }
    if (!out.write(text)) await new Promise<void>((resume) => out.once('drain', resume));
  }
  out.end();
  await finished(out);
  renameSync(`${path}.new`, path);
  return path;
};
