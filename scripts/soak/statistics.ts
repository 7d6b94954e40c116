/** What the numbers of a run come to. */

/**
 * The smallest of the values that at least this share of them does not exceed; NaN of none.
 * @param share from 0 to 1: 0.99 for the 99th percentile
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export interface Spread {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  return {
    samples: values.length,
    p50: percentile(values, 0.5),
    p99: percentile(values, 0.99),
    max: percentile(values, 1),
  };
}

/**
 * How much the values have grown in the course of a run: the median of its last fifth against that
 * of its second; 0.1 is a tenth more. The first fifth is the warming up. NaN of fewer than five.
 * @param values in the order in which they were taken, at equal distances
 */
export function drift(values: readonly number[]): number {
  const fifth = Math.floor(values.length / 5);
  if (fifth === 0) return NaN;
  const early = percentile(values.slice(fifth, 2 * fifth), 0.5);
  const late = percentile(values.slice(-fifth), 0.5);
  return late / early - 1;
}
