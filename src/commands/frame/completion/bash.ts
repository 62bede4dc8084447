import type { Manifest } from '../manifest.js';
import { globalKnown, type KnownFlag, places, spelledSource } from './known.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const arm = (pattern: string, value: string): string => `    ${pattern}) REPLY=${quoted(value)} ;;`;

const valueArms = (flags: readonly KnownFlag[], path: string): readonly string[] =>
  flags.flatMap(({ names, source }) =>
    source ? [arm(names.map((name) => quoted(`${path}:${name}`)).join('|'), spelledSource(source))] : [],
  );

/** Global flags under any path. */
const globalArms = (flags: readonly KnownFlag[]): readonly string[] =>
  flags.flatMap(({ names, source }) =>
    source ? [arm(names.map((name) => `*:${name}`).join('|'), spelledSource(source))] : [],
  );

/** Works from bash 3.2 on, which is what macOS has: no `mapfile`, no associative arrays. */
export const bashScript = (manifest: Manifest): string => {
  const all = places(manifest);
  const globals = globalKnown(manifest);
  const names = (flags: readonly KnownFlag[]): string => flags.flatMap((flag) => flag.names).join(' ');
  return `# bash completion for ops; put it where bash-completion looks, or: source <(ops completion bash)
# The tables below answer in REPLY and fail where they know nothing.
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
  .map(({ path, children }) => arm(quoted(path), children.map(({ word }) => word).join(' ')))
  .join('\n')}
    *) return 1 ;;
  esac
}
_ops_flags() { # its own flags
  case "$1" in
${all
  .filter(({ flags }) => flags.length > 0)
  .map(({ path, flags }) => arm(quoted(path), names(flags)))
  .join('\n')}
    *) REPLY='' ;;
  esac
}
_ops_value() { # PATH:FLAG, where the value comes from; fails for a switch
  case "$1" in
${[...all.flatMap(({ path, flags }) => valueArms(flags, path)), ...globalArms(globals)].join('\n')}
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
_ops_offer() { # SOURCE CURRENT
  case "$1" in
    '') ;;
    @file|@directory)
      local IFS=$'\\n' kind=-f
      [ "$1" = @directory ] && kind=-d
      compopt -o filenames 2>/dev/null
      COMPREPLY=( $(compgen "$kind" -- "$2") ) ;;
    @*) COMPREPLY=( $(ops __complete "\${1#@}" "$2" 2>/dev/null) ) ;;
    *) COMPREPLY=( $(compgen -W "$1" -- "$2") ) ;;
  esac
}
_ops() {
  local globals=${quoted(names(globals))}
  local REPLY='' path='' flag='' word='' cur="\${COMP_WORDS[COMP_CWORD]}"
  local i=1 operands=0 ended=0
  COMPREPLY=()
  [ "$cur" = '=' ] && cur=''
  while [ "$i" -lt "$COMP_CWORD" ]; do
    word="\${COMP_WORDS[i]}"
    i=$((i + 1))
    if [ -n "$flag" ]; then # its value; bash takes --flag=value apart at the =
      [ "$word" = '=' ] || flag=''
      continue
    fi
    if [ "$ended" = 0 ]; then
      case "$word" in
        --) ended=1; continue ;;
        -?*) _ops_value "$path:$word" && flag="$word"; continue ;;
      esac
    fi
    if _ops_step "$path:$word"; then path="$REPLY"; else operands=$((operands + 1)); fi
  done
  if [ -n "$flag" ] && _ops_value "$path:$flag"; then _ops_offer "$REPLY" "$cur"; return; fi
  if [ "$ended" = 0 ]; then
    case "$cur" in
      -*)
        _ops_flags "$path"
        COMPREPLY=( $(compgen -W "$REPLY $globals" -- "$cur") )
        return ;;
    esac
  fi
  if _ops_children "$path" || _ops_operand "$path:$operands"; then _ops_offer "$REPLY" "$cur"; fi
}
complete -F _ops ops
`;
};
