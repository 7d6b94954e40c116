import { overClusters } from "../../fleet/over_clusters.ts";
import { bugText } from "../bug.ts";
import { Failure } from "../failure.ts";
import { printError } from "../terminal.ts";
import { chooseClusters, type Given } from "./choose_clusters.ts";
import { unsent } from "./client_dry_run.ts";
import { interruption } from "./interruption.ts";
import { lookBeforeDelete } from "./look_before_delete.ts";
import { openWay, type ProgramFlags } from "./open_way.ts";
import { type Asked, isReadable, show, showEnded, type Showing } from "./show.ts";
import { plain } from "./table.ts";
import type { Words } from "./told.ts";
import { type Answer, type Input, strange } from "./way.ts";
import { serverOf } from "./which_server.ts";
import type { DryRun } from "../bind/program_flags.ts";

/** Clusters that are asked at once; the others wait. */
const AT_ONCE = 4;

/** What a command line asks for. */
export interface CarryOut extends Pick<Showing, "words" | "view"> {
  /** Of an operation on one cluster without that. */
  readonly input: Input;
  /** By which each cluster is named; absent where the operation is asked once for whatever. */
  readonly clusterField?: string;
  /** Names or patterns; `undefined` stands for one that was not named, and for none. */
  readonly clusters: Given;
  readonly flags: ProgramFlags & {
    /** In place of those that are given. */
    readonly allClusters?: boolean;
    readonly dryRun?: DryRun;
  };
  /** Whether the user is shown what would go, and asked. */
  readonly isAsked: boolean;
}

/**
 * Carries an operation out on each cluster, and shows what came of it. All clusters are found before
 * the first of several is asked.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done on some clusters only
 */
export async function carryOut(what: CarryOut): Promise<number> {
  const { flags, view, words, clusterField } = what;
  const { allClusters, dryRun } = flags;
  const { operation } = words;
  const isChecked = dryRun === "client";
  const isRemote = serverOf(flags) !== undefined;
  const input = dryRun === "server" ? { ...what.input, dry_run: true } : what.input;
  const way = await openWay(flags);
  /** @returns what came of each cluster, in their order */
  async function askAll(
    clusters: Given,
    input: Input,
    onEnded?: (asked: Asked) => void,
    isStopped?: () => boolean,
  ): Promise<readonly Asked[]> {
    const placeOf = async (cluster: string | undefined) =>
      cluster === undefined ? undefined : await way.placeOf?.(cluster);
    const run = async (cluster: string | undefined) => {
      const whole = clusterField === undefined ? input : { [clusterField]: cluster, ...input };
      if (isChecked) return await unsent(operation, whole, await placeOf(cluster));
      const answer = await way.ask(operation, whole);
      if (!isRemote) return answer;
      if (!isReadable(answer, { words, view, output: flags.output })) {
        throw strange(way, answer);
      }
      return await advised(answer, words, whole);
    };
    const asked = new Map<string | undefined, Asked>();
    for await (const each of overClusters(clusters, run, { atOnce: AT_ONCE, isStopped })) {
      const { cluster } = each;
      const came = each.kind === "done"
        ? { answer: each.outcome }
        : { failure: each.kind === "failed" ? failureOf(each.error) : NOT_BEGUN };
      const ended = { cluster, input, ...came };
      asked.set(cluster, ended);
      onEnded?.(ended);
    }
    return clusters.map((cluster) => asked.get(cluster)!);
  }
  try {
    const { clusters, areSeveral } = await chooseClusters(way, what.clusters, {
      allClusters,
      isOffline: isChecked && isRemote,
    });
    const showing = { words, view, way, output: flags.output, isChecked, areSeveral };
    const known = what.isAsked
      ? await lookBeforeDelete(await askAll(clusters, { ...input, dry_run: true }), words)
      : [];
    if (known === undefined) return 0;
    using ending = operation.effect === "write" && !isRemote ? interruption() : undefined;
    const left = clusters.filter((each) => known.every(({ cluster }) => cluster !== each));
    const tell = (each: Asked) => areSeveral && showEnded(each, showing);
    const asked = await askAll(left, input, tell, () => ending?.isAsked ?? false);
    const all = new Map([...known, ...asked].map((each) => [each.cluster, each]));
    const code = show(clusters.map((cluster) => all.get(cluster)!), showing);
    for (const warning of await view.warnings?.(way) ?? []) {
      printError(`warning: ${plain(warning)}\n`);
    }
    return code;
  } finally {
    await way.close();
  }
}

/**
 * With advice, where a server knows no field that this program does.
 * @param input that is sent
 */
async function advised(answer: Answer, words: Words, input: Input): Promise<Answer> {
  const { code, field, message } = answer.body;
  if (code !== "unknown_field") return answer;
  if ((await unsent(words.operation, input)).status !== 200) return answer;
  const known = String(message).split(/\W+/);
  const unknown = typeof field === "string"
    ? [field]
    : Object.keys(input).filter((name) => !known.includes(name));
  const flags = unknown.map(words.of).join(", ");
  return { ...answer, advice: `that server may be older than this program, which has ${flags}` };
}

const failureOf = (error: unknown) =>
  error instanceof Failure ? error : new Failure(bugText(error));

const NOT_BEGUN = new Failure("Not tried, as it was interrupted");
