/** Statistics of a run. */

/**
 * The smallest value that at least this share of the values does not exceed; NaN without values.
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
 * The growth of the values during a run: the median of its last fifth compared with its second fifth; 0.1
 * is ten percent. The first fifth is the warm-up. NaN for fewer than five values.
 * @param values in the order in which they were taken, at equal intervals
 */
export function drift(values: readonly number[]): number {
  const fifth = Math.floor(values.length / 5);
  if (fifth === 0) return NaN;
  const early = percentile(values.slice(fifth, 2 * fifth), 0.5);
  const late = percentile(values.slice(-fifth), 0.5);
  return late / early - 1;
}
