/** The command line of `deno task test`. */
import { type Tier, TIERS } from "./tiers.ts";

export interface Arguments {
  /** @default all of them */
  readonly tiers: readonly Tier[];
  /** Flags that are passed to `deno test`. */
  readonly flags: readonly string[];
  /** Files and folders; empty for all tests. */
  readonly paths: readonly string[];
}

/**
 * Sorts arguments into tiers (`--tier=fast,real`), existing paths, and flags of `deno test`.
 * @throws Error for an unknown tier
 */
export async function parseArguments(args: readonly string[]): Promise<Arguments> {
  const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
  const tiers: Tier[] = [];
  const flags: string[] = [];
  const paths: string[] = [];
  for (const arg of args) {
    if (arg.startsWith("--tier=")) {
      tiers.push(...arg.slice("--tier=".length).split(",").map(tierOf));
    } else if (!arg.startsWith("-") && await exists(arg)) paths.push(arg);
    else flags.push(arg);
  }
  return { tiers: tiers.length > 0 ? tiers : TIERS, flags, paths };
}

function tierOf(name: string): Tier {
  const tier = TIERS.find((each) => each === name);
  if (tier === undefined) throw new Error(`No tier "${name}": there are ${TIERS.join(", ")}`);
  return tier;
}
