import type { OutputFormat } from "../bind/program_flags.ts";
import type { View } from "../views/view.ts";
import type { ToldAtEnd } from "./ask_fleet.ts";
import type { Words } from "./told.ts";
import type { Way } from "./way.ts";

/** How what was asked is shown. */
export interface Showing {
  readonly words: Words;
  readonly view: View;
  readonly way: Way;
  readonly output?: OutputFormat;
  /** Whether nothing was sent, and the answer is the request itself. */
  readonly isChecked: boolean;
  /** All flags of the command line, by their names in camel case. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** What was told of several clusters beside each of them, and why not to the end. */
  readonly atEnd?: ToldAtEnd;
  /** Whether there may be several clusters, or several things were asked. */
  readonly areSeveral: boolean;
}
