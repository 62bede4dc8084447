import type { Manifest } from '../manifest.js';
import { globalKnown, type KnownFlag, places, type Source } from './known.js';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What `complete` is told about the words that may follow. */
const offers = (source: Source): string => {
  if (source.kind === 'words') return `-x -a ${quoted(source.words.join(' '))}`;
  if (source.kind === 'names') return `-x -a ${quoted(`(__ops_names ${source.of})`)}`;
  if (source.kind === 'file') return '-r -F';
  return source.kind === 'directory' ? `-x -a ${quoted('(__fish_complete_directories)')}` : '-x';
};

const flagLine = ({ names, does, source }: KnownFlag, condition: string): string => {
  const spellings = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return ['complete -c ops', condition, ...spellings, source ? offers(source) : '', `-d ${quoted(does)}`]
    .filter((part) => part !== '')
    .join(' ');
};

/** Static `complete` lines; only names of objects start a process. */
export const fishScript = (manifest: Manifest): string => {
  const all = places(manifest);
  const globals = globalKnown(manifest);
  const valued = (path: string, flags: readonly KnownFlag[]): readonly string[] =>
    flags.flatMap(({ names, source }) => (source ? names.map((name) => quoted(`${path}:${name}`)) : []));
  const at = (path: string): string => `-n ${quoted(`__ops_at '${path}'`)}`;
  const operandAt = (path: string, place: string): string => `-n ${quoted(`__ops_at '${path}' ${place}`)}`;
  return `# fish completion for ops; keep it as ~/.config/fish/completions/ops.fish
function __ops_place --description 'the command typed so far, then the number of its operands'
    set -l place ''
    set -l operands 0
    set -l flag ''
    set -l ended 0
    set -l tokens (commandline -opc)
    for word in $tokens[2..-1]
        if test -n "$flag"
            set flag ''
            continue
        end
        if test $ended = 0
            if test "$word" = --
                set ended 1
                continue
            end
            if string match -qr -- '^-.' "$word"
                if contains -- "$place:$word" ${all.flatMap(({ path, flags }) => valued(path, flags)).join(' ')}
                    set flag $word
                else if contains -- ":$word" ${valued('', globals).join(' ')}
                    set flag $word
                end
                continue
            end
        end
        switch "$place:$word"
${all.flatMap(({ path, steps }) => steps.map(({ word, to }) => `            case ${quoted(`${path}:${word}`)}\n                set place ${quoted(to)}`)).join('\n')}
            case '*'
                set operands (math $operands + 1)
        end
    end
    echo "$place"
    echo $operands
end
function __ops_at --description 'PATH [NUMBER|+]: is this the command, and this the operand?'
    set -l now (__ops_place)
    test "$now[1]" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; and return 0
    test "$argv[2]" = +; or test "$argv[2]" = "$now[2]"
end
function __ops_names --description 'names of objects in the local store'
    set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '')
    command ops __complete $argv[1] "$typed" 2>/dev/null
end
complete -c ops -f
${all
  .flatMap(({ path, children, flags, operands }) => [
    ...children.map(
      ({ word, does }) => `complete -c ops ${operandAt(path, '0')} -a ${quoted(word)} -d ${quoted(does)}`,
    ),
    ...flags.map((flag) => flagLine(flag, at(path))),
    ...operands.flatMap(({ source, variadic }, index) =>
      source.kind === 'nothing'
        ? []
        : [
            `complete -c ops ${operandAt(path, variadic ? '+' : String(index))} ${offers(source).replace(/^-[xr] /, '')}`,
          ],
    ),
  ])
  .join('\n')}
${globals.map((flag) => flagLine(flag, '')).join('\n')}
`;
};
