import type { Input } from './input.js';
import { loadJsonDocument, loadLogfmt } from './load-converted.js';
import { loadCsv } from './load-csv.js';
import { loadNdjson } from './load-ndjson.js';
import { loadText } from './load-text.js';
import { type Loading, type LoadScope, plainPath, settled } from './loading.js';
import { parquetRelation } from './relation.js';

/** Finds out how the engine has to read the file, converting it first where it cannot. */
export const load = (input: Input, scope: LoadScope): Promise<Loading> => {
  switch (input.format) {
    case 'ndjson':
      return loadNdjson(input, scope);
    case 'json_document':
      return loadJsonDocument(input, scope);
    case 'logfmt':
      return loadLogfmt(input, scope);
    case 'csv':
    case 'tsv':
      return loadCsv(input, scope);
    case 'text':
      return loadText(input, scope);
    case 'parquet':
      return plainPath(input, scope).then((path) => settled(parquetRelation(path)));
  }
};
