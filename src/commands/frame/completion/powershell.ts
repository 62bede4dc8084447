import type { Manifest } from '../manifest.js';
import { globalKnown, type KnownFlag, places, spelledSource } from './known.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** One arm of a `switch -CaseSensitive`: hashtables would take -v and -V for the same key. */
const arm = (key: string, value: string): string => `            ${quoted(key)} { return ${quoted(value)} }`;

const entries = (pairs: readonly (readonly [word: string, does: string])[]): string =>
  pairs.map(([word, does]) => `@(${quoted(word)}, ${quoted(does === '' ? word : does)})`).join(', ');

const flagPairs = (flags: readonly KnownFlag[]): readonly (readonly [string, string])[] =>
  flags.flatMap(({ names, does }) => names.map((name): [string, string] => [name, does]));

const valueArms = (path: string, flags: readonly KnownFlag[]): readonly string[] =>
  flags.flatMap(({ names, source }) =>
    source ? names.map((name) => arm(`${path}:${name}`, spelledSource(source))) : [],
  );

/** For Windows PowerShell 5 and PowerShell 7. */
export const powershellScript = (manifest: Manifest): string => {
  const all = places(manifest);
  const globals = globalKnown(manifest);
  return `# PowerShell completion for ops: ops completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ops -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    function Get-OpsStep([string] $key) {
        switch -CaseSensitive ($key) {
${all.flatMap(({ path, steps }) => steps.map(({ word, to }) => arm(`${path}:${word}`, to))).join('\n')}
        }
    }
    function Get-OpsValue([string] $place, [string] $flag) {
        switch -CaseSensitive ("\${place}:$flag") {
${all.flatMap(({ path, flags }) => valueArms(path, flags)).join('\n')}
        }
        switch -CaseSensitive (":$flag") {
${valueArms('', globals).join('\n')}
        }
    }
    function Get-OpsOperand([string] $place, [int] $number) {
        switch -CaseSensitive ("\${place}:$number") {
${all.flatMap(({ path, operands }) => operands.map(({ source }, index) => arm(`${path}:${index}`, spelledSource(source)))).join('\n')}
        }
        switch -CaseSensitive ($place) {
${all.flatMap(({ path, operands }) => operands.filter(({ variadic }) => variadic).map(({ source }) => arm(path, spelledSource(source)))).join('\n')}
        }
    }
    $children = @{
${all
  .filter(({ children }) => children.length > 0)
  .map(
    ({ path, children }) =>
      `        ${quoted(path)} = @(${entries(children.map(({ word, does }) => [word, does]))}, $null)`,
  )
  .join('\n')}
    }
    $flags = @{
${all
  .filter(({ flags }) => flags.length > 0)
  .map(({ path, flags }) => `        ${quoted(path)} = @(${entries(flagPairs(flags))}, $null)`)
  .join('\n')}
    }
    $globals = @(${entries(flagPairs(globals))})
    $place = ''
    $flag = ''
    $operands = 0
    $ended = $false
    $typed = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $wordToComplete -eq '' } |
        ForEach-Object { $_.ToString() })
    foreach ($word in $typed) {
        if ($flag -ne '') { $flag = ''; continue }
        if (-not $ended -and $word -eq '--') { $ended = $true; continue }
        if (-not $ended -and $word.Length -gt 1 -and $word.StartsWith('-')) {
            if ($null -ne (Get-OpsValue $place $word)) { $flag = $word }
            continue
        }
        $next = Get-OpsStep "\${place}:$word"
        if ($null -ne $next) { $place = $next } else { $operands++ }
    }
    function Show-OpsWords($pairs, [string] $start) {
        $pairs | Where-Object { $null -ne $_ -and $_[0].StartsWith($start) } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
        }
    }
    function Show-OpsSource([string] $source, [string] $start) {
        if ($source -eq '@file' -or $source -eq '@directory') { return } # PowerShell completes files by itself
        $words = if ($source.StartsWith('@')) { ops __complete $source.Substring(1) $start 2>$null } else { $source -split ' ' }
        foreach ($word in $words) {
            if ($word -ne '' -and $word.StartsWith($start)) {
                [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $word)
            }
        }
    }
    if ($flag -ne '') { Show-OpsSource (Get-OpsValue $place $flag) $wordToComplete; return }
    if (-not $ended -and $wordToComplete.StartsWith('-')) {
        Show-OpsWords (@($flags[$place]) + $globals) $wordToComplete
        return
    }
    if ($children.ContainsKey($place)) { Show-OpsWords $children[$place] $wordToComplete; return }
    $source = Get-OpsOperand $place $operands
    if ($null -ne $source) { Show-OpsSource $source $wordToComplete }
}
`;
};
