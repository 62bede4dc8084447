import { formatByteSize } from '../base/byte-size.js';
import { UsageRow, VerifyRow } from '../core/shared/index.js';
import { bar } from './bars.js';
import type { ListView } from './view.js';

const barWidth = 20;

/** Bytes by area, each with its share of `rows` as a bar. */
export const usageView = (
  rows: readonly UsageRow[],
  { unicode }: { readonly unicode: boolean },
): ListView<UsageRow> => {
  const all = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  const share = ({ bytes }: UsageRow): number => (all === 0 ? 0 : bytes / all);
  return {
    noun: 'files',
    fields: Object.keys(UsageRow.shape),
    name: ({ what }) => what,
    columns: [
      { head: 'AREA', cell: ({ area }) => area },
      { head: 'WHAT', cell: ({ what }) => what },
      { head: 'FILES', cell: ({ files }) => files.toLocaleString('en'), align: 'right', shrink: 0 },
      { head: 'SIZE', cell: ({ bytes }) => formatByteSize(bytes), align: 'right', shrink: 0 },
      { head: 'BYTES', cell: ({ bytes }) => String(bytes), align: 'right', shrink: 0, wide: true },
      { head: 'SHARE', cell: (row) => `${(100 * share(row)).toFixed(0)}%`, align: 'right', shrink: 0 },
      { head: '', cell: (row) => bar(share(row), { width: barWidth, unicode }), shrink: 3 },
    ],
  };
};

/** What was checked, and with which result. */
export const verifyView = ({ unicode }: { readonly unicode: boolean }): ListView<VerifyRow> => {
  const mark = unicode ? { ok: '✓ ok', fail: '✗ fail' } : { ok: 'ok', fail: 'FAIL' };
  return {
    noun: 'files to verify',
    verdict: true,
    fields: Object.keys(VerifyRow.shape),
    name: ({ subject }) => subject,
    columns: [
      { head: 'STATUS', cell: ({ status }) => mark[status], tone: ({ status }) => (status === 'ok' ? 'good' : 'bad') },
      { head: 'SUBJECT', cell: ({ subject }) => subject, id: true },
      { head: 'DETAIL', cell: ({ detail }) => detail },
    ],
  };
};
