export { differingColumns, type FileColumn, fileColumns, fileColumnType } from './columns.js';
export { type CsvScan, csvDelimiter, csvScanner } from './csv-scan.js';
export { type Compression, formatByName, jsonShape, type NamedFormat, parseFileFormat, sniffFormat } from './format.js';
export { jsonSplitter, type SplitBlock } from './json-split.js';
export { type LogfmtRows, logfmtRows, rawLineColumn } from './logfmt-rows.js';
export { type FileScan, type FileScanner, fileScanner } from './ndjson-scan.js';
export { type LinePattern, parseLinePattern, refusedPattern } from './pattern.js';
export { rewriteBlock } from './rewrite.js';
export { fileTables, parseFromWord, tableNameOf } from './table-name.js';
