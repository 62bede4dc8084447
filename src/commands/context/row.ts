import { z } from 'zod';
import type { Context } from '../../context.js';
import { type ContextSpec, maskSecrets } from '../../core/config/index.js';
import type { ThingView } from '../../render/index.js';

/** A context as it is shown. */
export const ContextRow = z.object({
  name: z.string(),
  current: z.boolean(),
  mode: z.enum(['local', 'server']),
  server: z.string().nullable(),
  cluster: z.enum(['embedded', 'kube']),
  kubeContext: z.string().nullable(),
  readOnly: z.boolean(),
  protected: z.boolean(),
});
export type ContextRow = z.infer<typeof ContextRow>;

/** What the file says of a context. `current` is the one in effect here and now. */
export const contextRow = (name: string, spec: ContextSpec, current: string | undefined): ContextRow => ({
  name,
  current: name === current,
  mode: spec.server === undefined ? 'local' : 'server',
  server: spec.server === undefined ? null : maskSecrets(spec.server),
  cluster: spec.cluster ?? 'embedded',
  kubeContext: spec['kube-context'] ?? null,
  readOnly: spec['read-only'] ?? false,
  protected: spec.protected ?? false,
});

/** `read-only, protected`. */
export const flagsOf = (row: ContextRow): string =>
  [row.readOnly && 'read-only', row.protected && 'protected'].filter((flag) => flag !== false).join(', ');

/** `kube: lab`. */
export const clusterOf = ({ cluster, kubeContext }: ContextRow): string =>
  kubeContext === null || cluster === 'embedded' ? cluster : `${cluster}: ${kubeContext}`;

export const contextView: ThingView<ContextRow> = {
  lines: (row) => [
    ['name', row.name],
    ['current', row.current ? 'yes' : 'no'],
    ['mode', row.server === null ? 'local' : `server ${row.server}`],
    ['cluster', clusterOf(row)],
    ['flags', flagsOf(row) || '-'],
  ],
  name: (row) => row.name,
};

/** The context in effect; undefined where the settings name one that does not exist. */
export const effectiveContext = ({ settings }: Context): string | undefined =>
  settings.fault ? undefined : settings.context;
