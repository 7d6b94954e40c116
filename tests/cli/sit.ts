import assert from "node:assert/strict";
import { onPath, realWorld } from "../../scripts/control_plane/cache.ts";
import { programCommand } from "./support.ts";

/** Runs the program in a terminal. */

/** Provides a terminal. Only Linux's version is supported. */
export const script = Deno.build.os === "linux" ? await onPath("script", realWorld) : undefined;

export interface Sat {
  readonly code: number;
  /** The text on the screen. */
  readonly seen: string;
  /** Whether the terminal echoes typed text again. */
  readonly echoes: boolean;
}

/** The text to type when the pattern is on the screen. */
export type Typed = readonly [when: RegExp, keys: string];

/**
 * Runs the program in a terminal.
 * @param cwd its working directory
 * @param typed the texts to type, in this order
 * @param columns width of the terminal. With a width, the runtime clears lines before the program
 * starts; without one, no line is drawn in place
 */
export async function sit(
  cwd: string,
  args: readonly string[],
  typed: readonly Typed[],
  env: Readonly<Record<string, string>> = {},
  columns?: number,
): Promise<Sat> {
  const quoted = programCommand(args).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  // Ctrl-C is meant for the program, not for the shell around it.
  const size = columns === undefined ? "" : `stty rows 24 cols ${columns}; `;
  const shell = `${size}trap : INT; ${quoted.join(" ")}; code=$?; stty -a; echo "code $code."`;
  const child = new Deno.Command(script!, {
    args: ["-qec", shell, "/dev/null"],
    cwd,
    env: { NO_COLOR: "1", TERM: "xterm", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    signal: AbortSignal.timeout(120_000), // where it waits for what is not typed
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const left = [...typed];
  let seen = "";
  let looked = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    seen += text;
    const [next] = left;
    if (next === undefined || !next[0].test(seen.slice(looked))) continue;
    looked = seen.length;
    left.shift();
    await keyboard.write(new TextEncoder().encode(next[1]));
  }
  await keyboard.close().catch(() => {});
  await child.status;
  const [, code] = /code (\d+)\./.exec(seen) ?? [];
  assert.notEqual(code, undefined, seen);
  return { code: Number(code), seen, echoes: /(?<![-\w])echo\b/.test(seen) };
}
