import type { Backend, Input } from "../client/backend.ts";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";

/** The cell of each column, by its heading; `undefined` is printed as `<none>`. */
export type Columns<Row> = Readonly<
  Record<string, { cell(row: Row): string | undefined }["cell"]>
>;

/** Columns as a list, for headings that can repeat or be numbers. */
export type ColumnList<Row> = readonly (readonly [heading: string, cell: Columns<Row>[string]])[];

/** A secret, or a text that is printed unchanged. */
export type Name = string | { readonly namespace: string; readonly name: string };

/** Something that a summary counts. */
export interface Counted {
  /** Absent for a secret that was written: `60 created`. */
  readonly noun?: string;
  /** Its state, as in an answer: `created (dry run)`. */
  readonly state?: string;
}

/** The fields of a stream's events `started` and `done`, which are about all clusters. */
export type StreamFields = Readonly<Record<string, unknown>>;

/** How many clusters succeeded. */
export interface ClusterCounts {
  readonly ok: number;
  readonly failed: number;
}

/** An operation whose plan is shown before a prompt; without a terminal it needs `--yes`. */
export interface Confirmation<Body> {
  /** As in "Give --yes to rotate". */
  readonly verb: string;
  /** As in "nothing was rotated". */
  readonly done: string;
  /** The prompt below the plan; there is one also for an empty plan, since clusters can change meanwhile. */
  question(body: Body): string;
  /**
   * Why the plan would be rejected; then there is no prompt.
   * @param flags as those of {@link View.rows}
   */
  refusal?(body: Body, flags: Readonly<Record<string, unknown>>): string | undefined;
}

/** How the answers of one command are shown. */
export interface View<Body = object, Row = unknown> {
  /** @param flags all of the command line, by their names in camel case */
  rows(body: Body, flags?: Readonly<Record<string, unknown>>): readonly Row[];
  /** Without columns, the answer is shown as YAML. */
  columns(rows: readonly Row[]): Columns<Row> | ColumnList<Row>;
  /** Further columns of `-o wide`. */
  readonly wide?: Columns<Row> | { of(rows: readonly Row[]): Columns<Row> }["of"];
  /** Whether a column CLUSTER is added for several clusters. */
  readonly namesCluster?: true;
  /** Whether a row is only counted for several clusters, unless with `-o wide`. */
  isExpected?(row: Row): boolean;
  /** The names for `-o name`. */
  names?(body: Body): readonly Name[];
  /** What a summary of several clusters counts; with {@link whole}, called with the body of each cluster. */
  counted?(body: Body): readonly Counted[];
  /** Whether it shows the results of verifying, also if the credential was refused. */
  readonly showsVerified?: true;
  /** Whether it shows fingerprints. */
  readonly showsFingerprints?: true;
  /**
   * Notes below a table.
   * @param flags as in {@link rows}
   * @param backend that did it
   */
  notes?(
    body: Body,
    flags?: Readonly<Record<string, unknown>>,
    backend?: Pick<Backend, "isForgotten">,
  ): readonly string[];
  /**
   * Whether its notes replace the answer's message and the results of verifying. Then they are printed
   * last.
   */
  readonly notesReplaceMessage?: true;
  /** The text about one of several clusters that finished with something wrong. */
  problem?(body: Body): string;
  /** Whether a successful answer reports nothing wrong. @default always */
  isOk?(body: Body): boolean;
  /** Merges the answers of several clusters, for JSON and YAML. @default an entry per cluster */
  merge?(bodies: readonly Body[]): object;
  /**
   * Makes one answer about many clusters from those that have finished, in any order. On a terminal it is
   * called repeatedly while others are awaited.
   * @param input of the operation, without the clusters
   * @param awaited names of unfinished clusters
   * @param fields about all clusters, as far as they have come
   */
  whole?(
    finished: readonly ClusterEntry[],
    input: Input,
    awaited: readonly string[],
    fields?: StreamFields,
  ): Body;
  /**
   * The line printed as a cluster succeeds, after its name and a colon. It replaces the table that is redrawn
   * meanwhile.
   * @param body of this cluster
   */
  line?(body: object): string | undefined;
  /** What is awaited before the first cluster and after the last one, for "waiting for …". */
  readonly steps?: Readonly<Record<"before" | "after", string>>;
  /**
   * The exit code of the one answer, unless it was an error or interrupted.
   * @returns `undefined` for the default: 0 if all clusters succeeded, 3 if some did, 1 if none did
   */
  exitCode?(
    body: Body,
    counts: ClusterCounts,
    flags: Readonly<Record<string, unknown>>,
  ): number | undefined;
  /** Of an operation that prompts before it changes anything. */
  readonly confirmation?: Confirmation<Body>;
  /** Flags of the command alone, which are not in requests, by their names in camel case. */
  readonly flags?: Readonly<Record<string, object>>;
  /**
   * The text for an empty table.
   * @param place where clusters were searched, with its preposition
   */
  nothing?(place: string, clusters: readonly string[]): string;
  /** Warnings that are printed at the end, whatever the result. */
  warnings?(backend: Backend): Promise<readonly string[]>;
}
