import { stripVTControlCharacters, styleText } from "node:util";

/** When output is coloured: `auto` is on a terminal. */
export const COLOR_WISHES = ["auto", "always", "never"] as const;

export type ColorWish = typeof COLOR_WISHES[number];

/** Colours texts, or leaves them as they are where no colour is wanted. */
export interface Colors {
  /** Whether it colours anything. */
  readonly isOn: boolean;
  /** A state in its colour: `created (dry run)`, `cluster_unreachable`. */
  state(text: string): string;
  good(text: string): string;
  changed(text: string): string;
  bad(text: string): string;
  /** What matters less, such as headings. */
  dim(text: string): string;
  strong(text: string): string;
}

/** Where it is decided from. */
export interface ColorWorld {
  readonly args: readonly string[];
  readonly isTerminal: boolean;
  env(name: string): string | undefined;
}

/**
 * The colours for one of the two outputs. `--color` decides, then NO_COLOR (https://no-color.org),
 * then CLICOLOR_FORCE (https://bixense.com/clicolors), then whether it is a terminal that is not
 * `dumb`. Only for what people read: json, yaml and names stay as they are whatever is wanted.
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

/** Characters that are seen, for columns. */
export const visibleWidth = (text: string): number => [...stripVTControlCharacters(text)].length;

/** First words of states; one of `bad` may stand anywhere in it. */
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

/** What a message may begin with, and how that is coloured. */
const PREFIXES = { error: "bad", warning: "changed", hint: "dim" } as const;

/** Messages with `error:` red, `warning:` yellow and `hint:` dim at the beginning of a line. */
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

/** The last one that is given; what is none of the words is told where flags are read. */
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
