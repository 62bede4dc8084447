import type { StoredColumn } from '../model.js';
import { foldKey } from './key-table.js';
import { joinTypes } from './widen.js';

/**
 * The union of two writers' columns: those of `a` in their order, then what only `b` has; a column of both gets the
 * join of its types. Undefined where a declared column would have to change its type: then the second writer must plan
 * again from what the first one stored.
 */
export const mergeSchemas = (
  a: readonly StoredColumn[],
  b: readonly StoredColumn[],
): readonly StoredColumn[] | undefined => {
  const merged = new Map(a.map((column) => [foldKey(column.name), column]));
  for (const theirs of b) {
    const fold = foldKey(theirs.name);
    const ours = merged.get(fold);
    const type = ours ? joinTypes(ours.type, theirs.type) : theirs.type;
    const declared = [ours, theirs].filter((column) => column?.declared);
    if (declared.some((column) => column?.type !== type)) return undefined;
    merged.set(fold, { name: ours?.name ?? theirs.name, type, declared: declared.length > 0 });
  }
  return [...merged.values()];
};
