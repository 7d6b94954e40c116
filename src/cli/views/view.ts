import type { Way } from "../credentials/way.ts";

/** What stands in each column, by its heading; what has no text is shown as such. */
export type Columns<Row> = Readonly<
  Record<string, { cell(row: Row): string | undefined }["cell"]>
>;

/** How the answers of one command are shown. */
export interface View<Body = object, Row = unknown> {
  rows(body: Body): readonly Row[];
  /** Where there are none it is shown as YAML. */
  columns(rows: readonly Row[]): Columns<Row>;
  /** Columns besides, with `-o wide`. */
  readonly wide?: Columns<Row> | { of(rows: readonly Row[]): Columns<Row> }["of"];
  /** Whether one more column tells the cluster where there are several. */
  readonly namesCluster?: true;
  /** Lines for `-o name`. */
  names?(body: Body): readonly string[];
  /** Whether it shows what came of trying a credential, also where that is refused. */
  readonly showsVerified?: true;
  /** Whether it shows fingerprints. */
  readonly showsFingerprints?: true;
  /** What is said beside a table. */
  notes?(body: Body): readonly string[];
  /** Said of one of several when it has ended. @default "done" */
  ended?(body: Body): string;
  /** Whether an answer that is no error tells of nothing wrong either. @default nothing is */
  isFine?(body: Body): boolean;
  /** The answers of several clusters as one, for JSON and YAML. @default an entry for each */
  merge?(bodies: readonly Body[]): object;
  /** Said when there is nothing to show. */
  nothing?(place: string, clusters: readonly string[]): string;
  /** Said at the end, whatever came of it. */
  warnings?(way: Way): Promise<readonly string[]>;
}
