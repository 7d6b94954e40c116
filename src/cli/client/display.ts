import type { OutputFormat } from "../bind/program_flags.ts";
import type { View } from "../views/view.ts";
import type { StreamEnd } from "./request_fleet.ts";
import type { Words } from "./error_text.ts";
import type { Backend } from "./backend.ts";

/** How to show results. */
export interface Display {
  readonly words: Words;
  readonly view: View;
  readonly backend: Backend;
  readonly output?: OutputFormat;
  /** Whether this is a dry run by the client, whose answer is the request itself. */
  readonly isChecked: boolean;
  /** All flags of the command line, by their names in camel case. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** What a stream has reported beside the clusters. */
  readonly atEnd?: StreamEnd;
  /** Whether there can be several clusters, or there are several requests. */
  readonly areSeveral: boolean;
}
