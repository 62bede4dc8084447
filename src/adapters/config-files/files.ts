import { dirname } from 'node:path';
import type { Document } from 'yaml';
import { type ConfigEdit, type ConfigFiles, parseConfig } from '../../core/config/index.js';
import { textOf } from './read.js';
import { makeFolder, replaceText } from './write.js';

export interface ConfigFilesOptions {
  readonly file: string;
  readonly projectFile: string | undefined;
  readonly lockTimeoutMs: number;
}

/** config.yaml on this disk. YAML and the lock are loaded with the first call: every command opens this, few use it. */
export const configFiles = ({ file, projectFile, lockTimeoutMs }: ConfigFilesOptions): ConfigFiles => {
  const read = async () => {
    const { readDocument } = await import('./document.js');
    const text = (await textOf(file)) ?? '';
    return { text, ...readDocument(file, text, parseConfig) };
  };

  const change: ConfigFiles['change'] = async (plan, { dryRun }) => {
    const changed = async () => {
      const { text: before, document, value } = await read();
      for (const edit of plan(value)) apply(edit, document);
      const text = document.contents === null ? before : document.toString({ lineWidth: 0 });
      const { readDocument } = await import('./document.js');
      // What is written has to be readable: the same check as at the next start.
      const { value: config } = readDocument(file, text, parseConfig);
      return { text, change: { file, changed: text !== before, config } };
    };
    if (dryRun) return (await changed()).change;
    const { whileLocked } = await import('./lock.js');
    await makeFolder(dirname(file));
    return whileLocked({ file: `${file}.lock`, waitMs: lockTimeoutMs }, async () => {
      const { text, change: result } = await changed();
      if (result.changed) await replaceText(file, text);
      return result;
    });
  };

  return {
    file,
    projectFile,
    read: async () => (await read()).value,
    change,
    kubeContexts: async (kubeconfig) => (await import('./kubeconfig.js')).readKubeContexts(kubeconfig),
  };
};

const apply = ({ path, value }: ConfigEdit, document: Document): void => {
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
    return;
  }
  // An entry without a body (`lab:`) is null in the document, and nothing can be put into null.
  for (let depth = 1; depth < path.length; depth++) {
    const above = path.slice(0, depth);
    if (document.hasIn(above) && document.getIn(above) === null) document.setIn(above, document.createNode({}));
  }
  document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
};
