/** Judges regular expressions with recheck, and caches the verdicts. */
import { dirname } from "node:path";
import pLimit from "p-limit";
import { check } from "recheck";

/** Version of recheck; verdicts of other versions are not used. A test compares it with deno.json. */
export const RECHECK = "4.5.0";

/** Timeout for one expression in milliseconds, after which its verdict is unknown. */
const TIMEOUT = 10_000;

/** Expressions that are judged concurrently. */
const AT_ONCE = 2;

export interface Pattern {
  readonly pattern: string;
  readonly flags: string;
}

/** `linear`, "exponential", "2nd degree polynomial", "unknown (timeout)" … */
export type Verdict = string;

/** Verdicts by `/pattern/flags`. */
export type Remembered = Record<string, Verdict>;

export const keyOf = ({ pattern, flags }: Pattern) => `/${pattern}/${flags}`;

/** The verdicts by {@link keyOf}; cached ones are not judged again. */
export async function judge(
  patterns: readonly Pattern[],
  remembered: Readonly<Remembered> = {},
): Promise<Remembered> {
  const byKey = new Map(patterns.map((one) => [keyOf(one), one]));
  const verdicts = await pLimit(AT_ONCE).map(
    [...byKey],
    async ([key, one]) => [key, remembered[key] ?? await judgeOne(one)] as const,
  );
  return Object.fromEntries(verdicts);
}

async function judgeOne({ pattern, flags }: Pattern): Promise<Verdict> {
  // An expression without repetition reads a fixed number of characters from each position.
  if (!/[*+{]/.test(pattern)) return "linear";
  const result = await check(pattern, flags, { timeout: TIMEOUT });
  if (result.status === "safe") return "linear";
  return result.status === "vulnerable"
    ? result.complexity.summary
    : `unknown (${result.error.kind})`;
}

/** Reads the verdicts of earlier runs; none without a file. */
export async function recall(file: string): Promise<Remembered> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch {
    return {}; // it is created again
  }
}

/** Writes the verdicts except unknown ones, which may be known on a machine with less load. */
export async function remember(file: string, verdicts: Readonly<Remembered>): Promise<void> {
  const settled = Object.entries(verdicts).filter(([, verdict]) => !verdict.startsWith("unknown"));
  await Deno.mkdir(dirname(file), { recursive: true });
  const beside = await Deno.makeTempFile({ dir: dirname(file) });
  await Deno.writeTextFile(beside, JSON.stringify(Object.fromEntries(settled), undefined, 1));
  await Deno.rename(beside, file);
}
