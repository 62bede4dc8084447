import { OpsError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { takesValue } from './find-path.js';
import { type ManifestFlag, type ManifestNode, spelled } from './manifest.js';

/** argv of a known command, taken apart. */
export interface ReadFlags {
  /** Global flags in the order given, by long name; the value of a switch is ''. */
  readonly globals: readonly (readonly [long: string, value: string])[];
  /** The command's own flags, each as one word: `--db=logs`, `--follow`, `-n=3`. */
  readonly own: readonly string[];
  readonly operands: readonly string[];
}

/**
 * Second pass over argv: every flag is known by now. Throws `usage` for an unknown flag (naming the nearest), for a
 * value that is missing and for one that is not wanted.
 *
 * @param skip places of the command words
 */
export const readFlags = (
  argv: readonly string[],
  { node, globals, skip }: { node: ManifestNode; globals: readonly ManifestFlag[]; skip: readonly number[] },
): ReadFlags => {
  const ownFlags = node.flags;
  // A command's own flag hides the global one of the same name, e.g. `context create --server`.
  const known = [...ownFlags, ...globals];
  const found: { globals: (readonly [string, string])[]; own: string[]; operands: string[] } = {
    globals: [],
    own: [],
    operands: [],
  };
  const take = (flag: ManifestFlag, value: string | undefined): void => {
    if (!ownFlags.includes(flag)) found.globals.push([flag.long, value ?? '']);
    else found.own.push(value === undefined ? flag.long : `${flag.long}=${value}`);
  };
  for (let index = 0; index < argv.length; index++) {
    const token = argv[index] ?? '';
    if (skip.includes(index)) continue;
    if (token === '--') {
      found.operands.push(...argv.filter((_, place) => place > index && !skip.includes(place)));
      break;
    }
    if (!token.startsWith('-') || token === '-') {
      found.operands.push(token);
      continue;
    }
    for (const part of token.startsWith('--') ? [longPart(token, known, node)] : shortParts(token, known, node)) {
      const next = argv[index + 1];
      if (part.value !== undefined || part.flag.value === undefined) take(part.flag, part.value);
      else if (takesValue(part.flag)) {
        if (next === undefined || next === '--' || known.some((flag) => flag.long === next)) throw noValue(part.flag);
        take(part.flag, next);
        index++;
      } else if (next !== undefined && !next.startsWith('-')) {
        take(part.flag, next);
        index++;
      } else take(part.flag, undefined);
    }
  }
  return found;
};

interface Part {
  readonly flag: ManifestFlag;
  readonly value: string | undefined;
}

const longPart = (token: string, known: readonly ManifestFlag[], node: ManifestNode): Part => {
  const equals = token.indexOf('=');
  const name = equals < 0 ? token : token.slice(0, equals);
  const flag = known.find((candidate) => candidate.long === name);
  if (!flag) throw unknownFlag(name, known, node);
  if (equals >= 0 && flag.value === undefined)
    throw new OpsError('usage', `${name} takes no value`, `write ${name} alone, or leave it out`);
  return { flag, value: equals < 0 ? undefined : token.slice(equals + 1) };
};

/** `-qv` is two switches; `-ojson` is a flag and its value. */
const shortParts = (token: string, known: readonly ManifestFlag[], node: ManifestNode): readonly Part[] => {
  const parts: Part[] = [];
  for (let place = 1; place < token.length; place++) {
    const name = `-${token[place] ?? ''}`;
    const flag = known.find((candidate) => candidate.short === name || candidate.long === name);
    if (!flag) throw unknownFlag(token.length === 2 ? name : token, known, node);
    if (flag.value === undefined) {
      parts.push({ flag, value: undefined });
      continue;
    }
    const glued = token.slice(place + 1).replace(/^=/, '');
    parts.push({ flag, value: glued === '' ? undefined : glued });
    break;
  }
  return parts;
};

const noValue = (flag: ManifestFlag): OpsError =>
  new OpsError(
    'usage',
    `${flag.long} needs a value`,
    flag.choices.length > 0 ? `use ${flag.choices.join(', ')}` : `write ${flag.long} ${flag.value ?? 'VALUE'}`,
  );

/** Exit 2, naming the nearest flag that exists. */
export const unknownFlag = (name: string, known: readonly ManifestFlag[], node: ManifestNode | undefined): OpsError => {
  const visible = known.filter((flag) => flag.hidden !== true);
  const near = nearest(
    name,
    visible.map((flag) => flag.long),
  );
  const where = spelled(node?.path ?? []);
  const help = `see the flags that exist with \`${where} --help\``;
  return new OpsError(
    'usage',
    `unknown flag ${name} for \`${where}\``,
    near.length > 0 ? `did you mean ${near.join(' or ')}? ${help}` : help,
  );
};
