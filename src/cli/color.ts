import { stripVTControlCharacters, styleText } from "node:util";

/** Values of `--color`; `auto` colours output on a terminal. */
export const COLOR_WISHES = ["auto", "always", "never"] as const;

export type ColorWish = typeof COLOR_WISHES[number];

/** Colours texts; returns them unchanged if colours are off. */
export interface Colors {
  readonly isOn: boolean;
  /** A state in its colour: `created (dry run)`, `cluster_unreachable`. */
  state(text: string): string;
  good(text: string): string;
  changed(text: string): string;
  bad(text: string): string;
  /** For less important texts, such as headings. */
  dim(text: string): string;
  strong(text: string): string;
}

/** What decides whether colours are on. */
export interface ColorWorld {
  readonly args: readonly string[];
  readonly isTerminal: boolean;
  env(name: string): string | undefined;
}

/**
 * The colours for standard output or standard error. `--color` decides, then NO_COLOR
 * (https://no-color.org), then CLICOLOR_FORCE (https://bixense.com/clicolors), then whether the output
 * is a terminal that is not `dumb`. Only for texts for people: json, yaml and names are never coloured.
 */
export function colors(
  output: "stdout" | "stderr",
  { args, isTerminal, env }: ColorWorld = realWorld(output),
): Colors {
  const isOn = isWanted(wishIn(args), isTerminal, env);
  const as = (style: Parameters<typeof styleText>[0]) => (text: string) =>
    isOn && text !== "" ? styleText(style, text, { validateStream: false }) : text;
  const [good, changed, bad] = [as("green"), as("yellow"), as("red")];
  return {
    isOn,
    good,
    changed,
    bad,
    dim: as("dim"),
    strong: as("bold"),
    state(text) {
      const words = text.toLowerCase().split(/[^a-z]+/);
      if (words.some((word) => STATES.bad.includes(word))) return bad(text);
      if (STATES.good.includes(words[0]!)) return good(text);
      return STATES.changed.includes(words[0]!) ? changed(text) : text;
    },
  };
}

/** The number of visible characters, for columns. */
export const visibleWidth = (text: string): number => [...stripVTControlCharacters(text)].length;

/** First words of states; a word of `bad` counts anywhere in the text. */
const STATES = {
  good: [
    "accepted",
    "ok",
    "reachable",
    "ready",
    "running",
    "same",
    "success",
    "unchanged",
    "usable",
    "yes",
  ],
  changed: [
    ...["attached", "created", "deleted", "partial", "replaced", "stopped", "untried", "written"],
  ],
  bad: [
    ...[
      "busy",
      "differs",
      "error",
      "expired",
      "failed",
      "forbidden",
      "no",
      "not",
      "refused",
      "timeout",
    ],
    ...["unknown", "unreachable", "unusable"],
  ],
};

/** Colours of the prefixes of messages. */
const PREFIXES = { error: "bad", warning: "changed", hint: "dim" } as const;

/** Colours `error:` red, `warning:` yellow and `hint:` dim at the start of lines. */
export function coloredMessage(text: string, paint: Colors): string {
  if (!paint.isOn) return text;
  return text.replaceAll(
    /^(error|warning|hint):/gm,
    (prefix, name: keyof typeof PREFIXES) => paint[PREFIXES[name]](prefix),
  );
}

function isWanted(wish: ColorWish, isTerminal: boolean, env: ColorWorld["env"]): boolean {
  if (wish !== "auto") return wish === "always";
  if (env("NO_COLOR")) return false;
  const forced = env("CLICOLOR_FORCE") ?? "";
  if (forced !== "" && forced !== "0") return true;
  return isTerminal && env("TERM") !== "dumb";
}

/** The last `--color`; the flag parser reports invalid values. */
function wishIn(args: readonly string[]): ColorWish {
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  const given = flags.flatMap((word, i) =>
    word === "--color" ? flags[i + 1] ?? [] : /^--color=(.*)$/s.exec(word)?.[1] ?? []
  );
  return COLOR_WISHES.find((each) => each === given.at(-1)) ?? "auto";
}

const realWorld = (output: "stdout" | "stderr"): ColorWorld => ({
  args: Deno.args,
  isTerminal: Deno[output].isTerminal(),
  env: (name) => Deno.env.get(name),
});
