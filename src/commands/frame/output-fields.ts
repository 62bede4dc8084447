import { z } from 'zod';

/** JSON Schema 2020-12 of what a command prints; what zod cannot express stays open. */
export const outputSchema = (schema: z.ZodType, many: boolean): Record<string, unknown> => {
  const made = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'output', unrepresentable: 'any' });
  if (!many) return made;
  const { $schema, $defs, ...items } = made;
  return { $schema, type: 'array', items, ...($defs === undefined ? {} : { $defs }) };
};

const Node = z.looseObject({
  type: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});
type Node = z.infer<typeof Node>;

/** Fields of one output item with their types, nested ones as `databases[].name`; for the help. */
export const outputFields = (schema: z.ZodType): readonly (readonly [name: string, type: string])[] =>
  fieldsOf(Node.parse(outputSchema(schema, false)), '');

const fieldsOf = (node: Node, prefix: string): readonly (readonly [string, string])[] => {
  const properties = Object.entries(node.properties ?? {});
  return properties.flatMap(([name, raw]) => {
    const field = Node.parse(raw);
    const here = prefix === '' ? name : `${prefix}.${name}`;
    const inner = field.items === undefined ? field : Node.parse(field.items);
    const nested = inner.properties ? fieldsOf(inner, field.items === undefined ? here : `${here}[]`) : [];
    if (nested.length > 0) return nested;
    const type = typeWord(field);
    return [[here, field.description === undefined ? type : `${type}: ${field.description}`]];
  });
};

const typeWord = (node: Node): string => {
  if (node.enum) return node.enum.map(String).join(' | ');
  if (node.const !== undefined) return String(node.const);
  if (typeof node.type === 'string')
    return node.type === 'array' ? `list of ${typeWord(Node.parse(node.items ?? {}))}` : node.type;
  if (Array.isArray(node.type)) return node.type.map(String).join(' | ');
  const variants = node.anyOf ?? node.oneOf;
  if (variants) return variants.map((variant) => typeWord(Node.parse(variant))).join(' | ');
  return 'any';
};
