import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeContexts, Parsed } from '../../core/config/index.js';
import { readDocument } from './document.js';
import { textOf } from './read.js';

interface Kubeconfig {
  readonly current: string | undefined;
  readonly names: readonly string[];
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** Only what is asked for here: other programs own this format. */
const parse = (value: unknown): Parsed<Kubeconfig> => {
  const contexts = property(value, 'contexts') ?? [];
  if (!Array.isArray(contexts))
    return {
      ok: false,
      fault: { path: ['contexts'], message: 'is not a list', hint: 'check it with `kubectl config view`' },
    };
  const current = property(value, 'current-context');
  const names = contexts.map((item) => property(item, 'name')).filter((name) => typeof name === 'string');
  return { ok: true, value: { names, current: typeof current === 'string' && current !== '' ? current : undefined } };
};

/**
 * Contexts of a kubeconfig, which may be a list of files as in `KUBECONFIG`; the first file that names a current context
 * wins. Without a name it is `~/.kube/config`.
 */
export const readKubeContexts = async (kubeconfig: string | undefined): Promise<KubeContexts | undefined> => {
  const candidates = (kubeconfig ?? join(homedir(), '.kube', 'config')).split(delimiter).filter((file) => file !== '');
  const files: string[] = [];
  const names = new Set<string>();
  let current: string | undefined;
  for (const file of candidates) {
    const text = await textOf(file);
    if (text === undefined) continue;
    files.push(file);
    const { value } = readDocument(file, text, parse);
    for (const name of value.names) names.add(name);
    current ??= value.current;
  }
  return files.length === 0 ? undefined : { files, current, names: [...names] };
};
