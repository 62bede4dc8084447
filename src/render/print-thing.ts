import { OpsError } from '../base/errors.js';
import { stringifyJson } from '../base/exact-json.js';
import { cellText, csvLine, markdownHead, markdownLine, tsvLine } from './delimited.js';
import type { Format } from './output.js';
import { withNewline } from './record-format.js';
import { fieldNames, project, valueAt } from './select.js';
import { labelBlock } from './table.js';
import type { Dress, ThingView } from './view.js';

export interface ThingOptions {
  readonly format: Format;
  readonly fields: readonly string[] | undefined;
  readonly header: boolean;
  readonly pretty: boolean;
  readonly dress: Dress;
  readonly yaml: () => Promise<(value: unknown) => string>;
}

const people = <T>(thing: T, view: ThingView<T>, { fields, dress }: ThingOptions): string => {
  if (fields)
    return labelBlock(
      fields.map((field) => [field, cellText(valueAt(thing, field))]),
      dress.colour,
    );
  const lines = labelBlock(view.lines(thing), dress.colour);
  const block = view.block?.(thing, dress) ?? '';
  return `${lines}${lines !== '' && block !== '' ? '\n' : ''}${withNewline(block)}`;
};

const nameOf = <T>(thing: T, view: ThingView<T>): string => {
  if (view.name) return `${view.name(thing)}\n`;
  throw new OpsError('usage', '-o name: this answer is not a thing with a name', 'use `-o json`');
};

/** One thing in the format asked for, its fields checked before; `usage` for `name` where it has none. */
export const thingText = async <T>(thing: T, view: ThingView<T>, options: ThingOptions): Promise<string> => {
  const { format, fields, header, pretty } = options;
  const value = fields ? project(thing, fields) : thing;
  const names = fields ?? fieldNames(thing);
  const cells = (): string[] => names.map((name) => cellText(valueAt(value, name)));
  const delimited = (line: (cells: readonly string[]) => string): string => (header ? line(names) : '') + line(cells());
  switch (format) {
    case 'table':
    case 'wide':
      return people(thing, view, options);
    case 'json':
      return `${stringifyJson(value, pretty ? 2 : 0)}\n`;
    case 'ndjson':
      return `${stringifyJson(value)}\n`;
    case 'yaml':
      return withNewline((await options.yaml())(value));
    case 'csv':
      return delimited(csvLine);
    case 'tsv':
      return delimited(tsvLine);
    case 'md':
      return (
        markdownHead(['Field', 'Value']) +
        names.map((name) => markdownLine([name, cellText(valueAt(value, name))])).join('')
      );
    case 'name':
      return nameOf(thing, view);
  }
};
