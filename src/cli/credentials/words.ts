/** Words that flags take. Apart, because every start reads this. */

export const OUTPUT_FORMATS = ["table", "wide", "json", "yaml", "name"] as const;

export type OutputFormat = typeof OUTPUT_FORMATS[number];

export const DRY_RUNS = ["none", "client", "server"] as const;

export type DryRun = typeof DRY_RUNS[number];
