const smooth = '▁▂▃▄▅▆▇█';
const plain = '_.-=#';

/**
 * One character for each value, from the smallest to the largest; a gap (blank) where a value is not finite.
 *
 * @example sparkline([1, 5, 9], { unicode: true }) // '▁▅█'
 */
export const sparkline = (values: readonly number[], { unicode }: { readonly unicode: boolean }): string => {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return ' '.repeat(values.length);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of finite) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const steps = unicode ? smooth : plain;
  const range = high - low;
  const level = (value: number): string => {
    if (!Number.isFinite(value)) return ' ';
    const share = range === 0 ? 0.5 : (value - low) / range;
    return steps[Math.min(steps.length - 1, Math.floor(share * steps.length))] ?? ' ';
  };
  return values.map(level).join('');
};

/** A bar of `width` cells, filled by `share` (0 to 1, clamped); anything above zero shows at least one cell. */
export const bar = (
  share: number,
  { width, unicode }: { readonly width: number; readonly unicode: boolean },
): string => {
  const clamped = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  const filled = clamped === 0 ? 0 : Math.max(1, Math.round(clamped * width));
  return (unicode ? '█' : '#').repeat(filled) + (unicode ? '░' : '-').repeat(width - filled);
};

export interface TreeNode {
  readonly text: string;
  readonly children?: readonly TreeNode[];
}

const branches = (nodes: readonly TreeNode[], indent: string, unicode: boolean): string =>
  nodes
    .map(({ text, children = [] }, index) => {
      const isLast = index === nodes.length - 1;
      const [knee, line] = unicode ? [isLast ? '└─ ' : '├─ ', '│  '] : [isLast ? '`- ' : '|- ', '|  '];
      return `${indent}${knee}${text}\n${branches(children, indent + (isLast ? '   ' : line), unicode)}`;
    })
    .join('');

/** A tree as lines; texts have to be `printable`. */
export const tree = (roots: readonly TreeNode[], { unicode }: { readonly unicode: boolean }): string =>
  roots.map(({ text, children = [] }) => `${text}\n${branches(children, '', unicode)}`).join('');
