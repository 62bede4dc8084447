/** Unit of an integer that stands for an instant since 1970. */
export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

/**
 * From which absolute value on an integer counts in a unit, largest first; below the last one it counts seconds.
 * The engine's adapter builds its expression from this table.
 */
export const epochMagnitudes: readonly {
  readonly unit: EpochUnit;
  readonly from: bigint;
  readonly perSecond: bigint;
}[] = [
  { unit: 'ns', from: 10n ** 17n, perSecond: 10n ** 9n },
  { unit: 'us', from: 10n ** 14n, perSecond: 10n ** 6n },
  { unit: 'ms', from: 10n ** 11n, perSecond: 10n ** 3n },
  { unit: 's', from: 0n, perSecond: 1n },
];

/** Unit in which an integer counts, by its magnitude; the sign does not matter. A number's fraction is cut. */
export const epochUnit = (value: bigint | number): EpochUnit => {
  const whole = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
  const size = whole < 0n ? -whole : whole;
  return epochMagnitudes.find(({ from }) => size >= from)?.unit ?? 's';
};

/** The instant of an epoch integer in microseconds since 1970; nanoseconds are rounded down. */
export const epochMicros = (value: bigint): bigint => {
  const unit = epochUnit(value);
  if (unit !== 'ns') return (value * 1_000_000n) / (epochMagnitudes.find((row) => row.unit === unit)?.perSecond ?? 1n);
  const micros = value / 1000n;
  return value % 1000n < 0n ? micros - 1n : micros;
};
