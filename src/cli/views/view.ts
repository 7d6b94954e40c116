import type { Input, Way } from "../client/way.ts";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";

/** What stands in each column, by its heading; what has no text is shown as such. */
export type Columns<Row> = Readonly<
  Record<string, { cell(row: Row): string | undefined }["cell"]>
>;

/** The same in their order, whatever the headings: two may be the same, and one a number. */
export type ColumnList<Row> = readonly (readonly [heading: string, cell: Columns<Row>[string]])[];

/** A secret that is printed by its name, or what is printed as it is. */
export type Name = string | { readonly namespace: string; readonly name: string };

/** One thing that a summary counts. */
export interface Counted {
  /** Absent of a secret that was written: `60 created`. */
  readonly noun?: string;
  /** What became of it, as an answer says it: `created (dry run)`. */
  readonly state?: string;
}

/** What a stream says of all clusters beside each of them, as it begins and at its end. */
export type ToldOfAll = Readonly<Record<string, unknown>>;

/** How many clusters of several have succeeded. */
export interface SeenClusters {
  readonly ok: number;
  readonly failed: number;
}

/** Of what is shown before it is done, and asked for: in a pipe it needs `--yes`. */
export interface Confirmation<Body> {
  /** As in "Cannot ask whether to rotate". */
  readonly verb: string;
  /** As in "nothing was rotated". */
  readonly done: string;
  /**
   * What is asked when a dry run has been shown, also where nothing would be written: that may be another
   * when it is carried out.
   */
  question(body: Body): string;
  /**
   * Why it would be refused by what the dry run has seen; then nobody is asked.
   * @param flags as those of {@link View.rows}
   */
  refusal?(body: Body, flags: Readonly<Record<string, unknown>>): string | undefined;
}

/** How the answers of one command are shown. */
export interface View<Body = object, Row = unknown> {
  /** @param flags all of the command line, by their names in camel case */
  rows(body: Body, flags?: Readonly<Record<string, unknown>>): readonly Row[];
  /** Where there are none it is shown as YAML; a list where headings are names that may be any. */
  columns(rows: readonly Row[]): Columns<Row> | ColumnList<Row>;
  /** Columns besides, with `-o wide`. */
  readonly wide?: Columns<Row> | { of(rows: readonly Row[]): Columns<Row> }["of"];
  /** Whether one more column tells the cluster where there are several. */
  readonly namesCluster?: true;
  /** Whether a row is left to the summary where there are several clusters; none is with `-o wide`. */
  isAsWished?(row: Row): boolean;
  /** For `-o name`. */
  names?(body: Body): readonly Name[];
  /** What a summary of several clusters counts: of a view with {@link whole} by the body of each. */
  counted?(body: Body): readonly Counted[];
  /** Whether it shows what came of trying a credential, also where that is refused. */
  readonly showsVerified?: true;
  /** Whether it shows fingerprints. */
  readonly showsFingerprints?: true;
  /**
   * What is said beside a table.
   * @param flags as those of {@link rows}
   * @param way by which it was done
   */
  notes?(
    body: Body,
    flags?: Readonly<Record<string, unknown>>,
    way?: Pick<Way, "isForgotten">,
  ): readonly string[];
  /**
   * Whether its notes tell what else there is to say of the answer: its message, and what came of trying
   * a credential. They are the last thing that is said then.
   */
  readonly notesTellAll?: true;
  /** Said of one of several as soon as it has ended and something is wrong. */
  ended?(body: Body): string;
  /** Whether an answer that is no error tells of nothing wrong either. @default nothing is */
  isFine?(body: Body): boolean;
  /** The answers of several clusters as one, for JSON and YAML. @default an entry for each */
  merge?(bodies: readonly Body[]): object;
  /**
   * Of an operation that is about many clusters as a whole: the one answer, out of what has ended so
   * far, in whatever order. On a terminal it is made again and again while others are awaited.
   * @param input of the operation, without the clusters
   * @param awaited names of those that have not ended
   * @param told of all of them; nothing as long as none was
   */
  whole?(
    ended: readonly ClusterEntry[],
    input: Input,
    awaited: readonly string[],
    told?: ToldOfAll,
  ): Body;
  /**
   * Said of each cluster of such an operation as it has succeeded, behind its name and a colon; no table is
   * drawn meanwhile then.
   * @param body of this cluster
   */
  line?(body: object): string | undefined;
  /**
   * What is awaited before such an operation tells of its first cluster, and after the last: behind
   * "waiting for".
   */
  readonly steps?: Readonly<Record<"before" | "after", string>>;
  /**
   * The exit code of the one answer, where that was not refused or interrupted.
   * @returns `undefined` for 0 where all clusters succeeded, 3 where some did, 1 where none did
   */
  exitCode?(
    body: Body,
    seen: SeenClusters,
    flags: Readonly<Record<string, unknown>>,
  ): number | undefined;
  /** Of what is asked for before it is done. */
  readonly confirmation?: Confirmation<Body>;
  /** Flags of the command alone, which no request has, by their names in camel case. */
  readonly flags?: Readonly<Record<string, object>>;
  /** Said when there is nothing to show. */
  nothing?(place: string, clusters: readonly string[]): string;
  /** Said at the end, whatever came of it. */
  warnings?(way: Way): Promise<readonly string[]>;
}
