/** One figure of a run. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, number>>;
}

const rounded = (figures: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]));

/** A figure that is good where it does not exceed its limit. */
export const atMost = (
  name: string,
  facts: { value: number; unit: string; limit: number; figures: Record<string, number> },
): Row => ({
  name,
  ...facts,
  value: Math.round(facts.value * 1_000) / 1_000,
  figures: rounded(facts.figures),
  ok: facts.value <= facts.limit,
});
