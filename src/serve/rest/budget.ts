import { totalmem } from 'node:os';
import type { QueryBudget } from '../../core/query/index.js';

/** Above these no header reaches: one hour, the machine's memory, one tebibyte. */
const most = { wallClockMs: 3_600_000, memoryBytes: totalmem(), scanBytes: 2 ** 40 };

/** An unsigned integer; anything else counts as not said (`kyma` §2.2). */
const unsigned = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : undefined;

const clamp = (value: number | undefined, least: number, greatest: number): number | undefined =>
  value === undefined ? undefined : Math.min(Math.max(value, least), greatest);

/** The budget that the `X-Kyma-Max-*` headers ask for, clamped; what is absent keeps its default. */
export const budgetOf = (headers: Readonly<Record<string, unknown>>): Partial<QueryBudget> => {
  const wallClockMs = clamp(unsigned(headers['x-kyma-max-wall-clock-ms']), 10, most.wallClockMs);
  const memoryBytes = clamp(unsigned(headers['x-kyma-max-memory-bytes']), 1 << 20, most.memoryBytes);
  const scanBytes = clamp(unsigned(headers['x-kyma-max-object-store-bytes']), 0, most.scanBytes);
  return {
    ...(wallClockMs !== undefined && { wallClockMs }),
    ...(memoryBytes !== undefined && { memoryBytes, memoryIsBound: true }),
    ...(scanBytes !== undefined && { scanBytes }),
  };
};
