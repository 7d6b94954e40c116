/** Judges regular expressions by recheck, and remembers what it found. */
import { dirname } from "node:path";
import pLimit from "p-limit";
import { check } from "recheck";

/** Of {@link check}; verdicts of another version are not believed. Held to deno.json by a test. */
export const RECHECK = "4.5.0";

/** Milliseconds for one expression; what takes longer is not known to be linear. */
const TIMEOUT = 10_000;

/** Expressions that are judged at once. */
const AT_ONCE = 2;

export interface Pattern {
  readonly pattern: string;
  readonly flags: string;
}

/** `linear`, or what else is known: "exponential", "2nd degree polynomial", "unknown (timeout)". */
export type Verdict = string;

/** Verdicts by `/pattern/flags`. */
export type Remembered = Record<string, Verdict>;

export const keyOf = ({ pattern, flags }: Pattern) => `/${pattern}/${flags}`;

/** The verdict on each, by {@link keyOf}; those that are remembered are not judged again. */
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
  // Whatever repeats nothing looks at a fixed number of characters from each place.
  if (!/[*+{]/.test(pattern)) return "linear";
  const result = await check(pattern, flags, { timeout: TIMEOUT });
  if (result.status === "safe") return "linear";
  return result.status === "vulnerable"
    ? result.complexity.summary
    : `unknown (${result.error.kind})`;
}

/** What an earlier run wrote to this file; nothing when there is none. */
export async function recall(file: string): Promise<Remembered> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch {
    return {}; // it is made anew
  }
}

/** Only what is settled: an unknown one may be known on a machine that is less busy. */
export async function remember(file: string, verdicts: Readonly<Remembered>): Promise<void> {
  const settled = Object.entries(verdicts).filter(([, verdict]) => !verdict.startsWith("unknown"));
  await Deno.mkdir(dirname(file), { recursive: true });
  const beside = await Deno.makeTempFile({ dir: dirname(file) });
  await Deno.writeTextFile(beside, JSON.stringify(Object.fromEntries(settled), undefined, 1));
  await Deno.rename(beside, file);
}
