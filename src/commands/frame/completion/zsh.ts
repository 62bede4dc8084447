import type { Manifest } from '../manifest.js';
import { globalKnown, type KnownFlag, places, spelledSource } from './known.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** An entry for `_describe`: a colon ends the word, so one within it is escaped. */
const described = (word: string, does: string): string =>
  quoted(`${word.replaceAll(':', '\\:')}:${does.replaceAll(':', '\\:')}`);

const list = (pattern: string, entries: readonly string[]): string =>
  `    ${pattern}) found=(${entries.map((entry) => `\n      ${entry}`).join('')}\n    ) ;;`;

const arm = (pattern: string, value: string): string => `    ${pattern}) REPLY=${quoted(value)} ;;`;

const flagEntries = (flags: readonly KnownFlag[]): readonly string[] =>
  flags.flatMap(({ names, does }) => names.map((name) => described(name, does)));

const valueArms = (flags: readonly KnownFlag[], pattern: (name: string) => string): readonly string[] =>
  flags.flatMap(({ names, source }) => (source ? [arm(names.map(pattern).join('|'), spelledSource(source))] : []));

/** For an `fpath` file as well as for `source <(ops completion zsh)`. */
export const zshScript = (manifest: Manifest): string => {
  const all = places(manifest);
  const globals = globalKnown(manifest);
  return `#compdef ops
# zsh completion for ops. The tables below answer in REPLY or found and fail where they know nothing.
_ops_step() { # PATH:WORD, the path that the word leads to
  case "$1" in
${all.flatMap(({ path, steps }) => steps.map(({ word, to }) => arm(quoted(`${path}:${word}`), to))).join('\n')}
    *) return 1 ;;
  esac
}
_ops_children() {
  case "$1" in
${all
  .filter(({ children }) => children.length > 0)
  .map(({ path, children }) =>
    list(
      quoted(path),
      children.map(({ word, does }) => described(word, does)),
    ),
  )
  .join('\n')}
    *) return 1 ;;
  esac
}
_ops_flags() { # its own flags
  case "$1" in
${all
  .filter(({ flags }) => flags.length > 0)
  .map(({ path, flags }) => list(quoted(path), flagEntries(flags)))
  .join('\n')}
    *) found=() ;;
  esac
}
_ops_value() { # PATH:FLAG, where the value comes from; fails for a switch
  case "$1" in
${[
  ...all.flatMap(({ path, flags }) => valueArms(flags, (name) => quoted(`${path}:${name}`))),
  ...valueArms(globals, (name) => `*:${name}`),
].join('\n')}
    *) return 1 ;;
  esac
}
_ops_operand() { # PATH:NUMBER
  case "$1" in
${all
  .flatMap(({ path, operands }) =>
    operands.map(({ source, variadic }, index) =>
      arm(variadic ? `${quoted(`${path}:`)}*` : quoted(`${path}:${index}`), spelledSource(source)),
    ),
  )
  .join('\n')}
    *) return 1 ;;
  esac
}
_ops_offer() { # SOURCE
  case "$1" in
    '') return 1 ;;
    @file) _files ;;
    @directory) _files -/ ;;
    @*) compadd -- \${(f)"$(ops __complete "\${1#@}" "$PREFIX" 2>/dev/null)"} ;;
    *) compadd -- \${=1} ;;
  esac
}
_ops() {
  local REPLY='' flag='' word='' place=''
  local -a found globals
  local -i i=2 operands=0 ended=0
  globals=(${flagEntries(globals)
    .map((entry) => `\n    ${entry}`)
    .join('')}
  )
  while (( i < CURRENT )); do
    word="\${words[i]}"
    i=$(( i + 1 ))
    if [[ -n "$flag" ]]; then flag=''; continue; fi
    if (( ! ended )); then
      case "$word" in
        --) ended=1; continue ;;
        -?*) _ops_value "$place:$word" && flag="$word"; continue ;;
      esac
    fi
    if _ops_step "$place:$word"; then place="$REPLY"; else operands=$(( operands + 1 )); fi
  done
  if [[ -n "$flag" ]]; then _ops_value "$place:$flag" && _ops_offer "$REPLY"; return; fi
  if (( ! ended )); then
    case "$PREFIX" in
      --*=*)
        if _ops_value "$place:\${PREFIX%%=*}"; then compset -P '*='; _ops_offer "$REPLY"; fi
        return ;;
      -*)
        _ops_flags "$place"
        found+=("\${globals[@]}")
        _describe -o 'flag' found
        return ;;
    esac
  fi
  if _ops_children "$place"; then _describe 'command' found
  elif _ops_operand "$place:$operands"; then _ops_offer "$REPLY"
  fi
}
if [ "\${funcstack[1]}" = _ops ]; then _ops "$@"; else compdef _ops ops; fi
`;
};
