import type { DryRun } from "../bind/program_flags.ts";
import { printError } from "../terminal.ts";
import { askAll } from "./ask_all.ts";
import { type Asked, isDone, type Job } from "./asked.ts";
import { chooseClusters, type Given } from "./choose_clusters.ts";
import { unsent } from "./client_dry_run.ts";
import { interruption } from "./interruption.ts";
import { lookBeforeDelete } from "./look_before_delete.ts";
import { takenAs } from "./not_found.ts";
import { openWay, type ProgramFlags } from "./open_way.ts";
import { failedLines } from "./said.ts";
import { show } from "./show.ts";
import type { Showing } from "./showing.ts";
import { isReadable } from "./show_table.ts";
import { plain } from "./table.ts";
import { countedIn, isChange } from "./tally.ts";
import type { Words } from "./told.ts";
import { openScreen, type Screen, waitingLine } from "./waiting_line.ts";
import { type Answer, type Input, strange } from "./way.ts";

/** What a command line asks for. */
export interface CarryOut extends Pick<Showing, "words" | "view"> {
  /**
   * Inputs of an operation on one cluster, without that: each is for all clusters, unless an argument
   * names its own.
   */
  readonly inputs: readonly (Pick<Job, "input" | "places"> & { readonly cluster?: string })[];
  /** By which each cluster is named; absent where the operation is asked once for whatever. */
  readonly clusterField?: string;
  /** Names or patterns; `undefined` stands for one that was not named, and for none. */
  readonly clusters: Given;
  readonly flags: ProgramFlags & {
    /** In place of those that are given. */
    readonly allClusters?: boolean;
    readonly dryRun?: DryRun;
    /** Whether a dry run by which something would change has an exit code of its own. */
    readonly exitCode?: boolean;
    /** Whether what is not there to be deleted is no failure. */
    readonly ignoreNotFound?: boolean;
  };
  /** Whether the user is shown what would go, and asked. */
  readonly isAsked: boolean;
}

/** Exit code of a dry run by which something would change. */
const WOULD_CHANGE = 5;

/**
 * Carries an operation out on each cluster, and shows what came of it. All clusters are found before
 * the first of several is asked. The first Ctrl-C lets a write of this process end, and waits for
 * nothing else.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done on some clusters only, 5 something
 * would change, 130 or 143 interrupted
 */
export async function carryOut(what: CarryOut): Promise<number> {
  const { flags, view, words } = what;
  const isChecked = flags.dryRun === "client";
  const way = await openWay(flags);
  try {
    const chosen = await chooseClusters(way, what.clusters, {
      allClusters: flags.allClusters,
      isChecked,
    });
    const jobs = jobsOf(what, chosen.clusters);
    const areSeveral = chosen.areSeveral || jobs.length > 1;
    const showing = { words, view, way, output: flags.output, isChecked, areSeveral };
    const screen = isChecked ? undefined : await openScreen();
    const stage = { what, showing, screen, told: new Set<string>() };
    let left: readonly Job[] = jobs;
    const ended = new Map<Job, Asked>();
    if (what.isAsked) {
      const looked = await act(jobs, stage, true);
      if (looked.exitCode !== undefined) {
        printError("Interrupted: nothing was deleted\n");
        return looked.exitCode;
      }
      const known = await lookBeforeDelete(looked.asked, words);
      if (known === undefined) return 0;
      known.forEach((each) => ended.set(jobs[looked.asked.indexOf(each)]!, each));
      left = jobs.filter((job) => !ended.has(job));
      // Else it was told before it was asked.
      if (left.length === 0) { for (const each of known) printError(failed(each, stage)); }
    }
    const { asked, exitCode } = await act(left, stage, false);
    asked.forEach((each, i) => ended.set(left[i]!, each));
    const all = jobs.map((job) => ended.get(job)!);
    const code = show(all, showing);
    for (const warning of await view.warnings?.(way) ?? []) {
      printError(`warning: ${plain(warning)}\n`);
    }
    if (exitCode !== undefined || code !== 0 || !flags.exitCode) return exitCode ?? code;
    const isChanged = all.filter(isDone).some((each) => countedIn(each, view).some(isChange));
    return isChanged ? WOULD_CHANGE : 0;
  } finally {
    await way.close();
  }
}

const jobsOf = ({ inputs }: CarryOut, clusters: Given): readonly Job[] =>
  inputs.flatMap(({ cluster, ...each }): Job[] =>
    cluster === undefined
      ? clusters.map((cluster) => ({ cluster, ...each }))
      : [{ cluster, ...each }]
  );

interface Stage {
  readonly what: CarryOut;
  readonly showing: Showing;
  readonly screen: Screen | undefined;
  /** Reasons that were told. */
  readonly told: Set<string>;
}

/**
 * Does it, or looks what would come of it.
 * @returns what came of each, and an exit code where it was interrupted and not waited for
 */
async function act(
  jobs: readonly Job[],
  stage: Stage,
  isLook: boolean,
): Promise<{ readonly asked: readonly Asked[]; readonly exitCode?: number }> {
  const { what: { flags, words: { operation }, clusterField }, showing: { way } } = stage;
  const isDry = isLook || flags.dryRun === "server";
  const isWrite = operation.effect === "write" && !isDry && flags.dryRun !== "client";
  const whenInterrupted = !isWrite ? "not finished" : way.isRemote ? "unknown" : "wait";
  using line = waitingLine(stage.screen, new Set(jobs.map(({ cluster }) => cluster)).size);
  using asked = interruption(() => {
    if (whenInterrupted === "wait") line.say(FINISHING);
  });
  const whole = ({ cluster, input }: Job): Input => ({
    ...clusterField === undefined ? {} : { [clusterField]: cluster },
    ...input,
    ...isDry ? { dry_run: true } : {},
  });
  const all = await askAll(jobs, {
    ask: (job) => answerTo(whole(job), job.cluster, stage),
    seconds: (job) => way.seconds(operation, job.cluster),
    nameless: operation.tag === "clusters" ? "the clusters" : "an answer",
    line,
    interruption: asked,
    whenInterrupted,
    taken: takenAs(flags.ignoreNotFound ?? false),
    onEnded: (each) => isLook || line.say(failed(each, stage)),
  });
  const isLeft = all.some(({ left }) => left !== undefined);
  return {
    asked: all,
    ...isLeft && whenInterrupted !== "wait" ? { exitCode: asked.exitCode } : {},
  };
}

const FINISHING =
  "Finishing the current write. Press Ctrl-C again to abort and leave it incomplete\n";

/** Why one of several has failed; of others nothing. */
const failed = (asked: Asked, { showing, told }: Stage): string =>
  showing.areSeveral ? failedLines(asked, showing, told) : "";

/** @throws {Failure} when there is none */
async function answerTo(
  input: Input,
  cluster: string | undefined,
  { what: { words }, showing }: Stage,
): Promise<Answer> {
  const { way, isChecked } = showing;
  const { operation } = words;
  if (isChecked) {
    const place = cluster === undefined ? undefined : await way.placeOf?.(cluster);
    return await unsent(operation, input, place);
  }
  const answer = await way.ask(operation, input);
  if (!way.isRemote) return answer;
  if (!isReadable(answer, showing)) throw strange(way, answer);
  return await advised(answer, words, input);
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
