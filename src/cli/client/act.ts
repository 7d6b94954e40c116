import { askAll } from "./ask_all.ts";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import { askFleet, type FleetAsked, type ToldAtEnd } from "./ask_fleet.ts";
import { type Asked, isDone, type Job, leftOff } from "./asked.ts";
import { unsent } from "./client_dry_run.ts";
import { type Interruption, interruption } from "./interruption.ts";
import { takenAs } from "./not_found.ts";
import type { ToldOfAll } from "../views/view.ts";
import { advised } from "./older_server.ts";
import { type Call, type CarryOut, nothingDone, type Several } from "./plan.ts";
import { withPreview } from "./preview.ts";
import { failedLines } from "./said.ts";
import { isReadable } from "./show_table.ts";
import type { Showing } from "./showing.ts";
import { plain } from "./table.ts";
import { type Screen, type WaitingLine, waitingLine } from "./waiting_line.ts";
import { type Answer, type Input, isFollowed, strange } from "./way.ts";

/** What a command line asks for, and where it is shown meanwhile. */
export interface Stage {
  readonly what: CarryOut;
  readonly showing: Showing;
  readonly screen: Screen | undefined;
  /** Reasons that were told. */
  readonly told: Set<string>;
}

/** What came of it. */
export interface Acted {
  /** Of each call that was made, by cluster. */
  readonly asked: ReadonlyMap<Call, readonly Asked[]>;
  /** What was told of all clusters of each call that tells of several. */
  readonly told: ReadonlyMap<Call, ToldAtEnd>;
  /** Of the others: they are about no cluster, as it was not told on which they would be done. */
  readonly whole: readonly Asked[];
  /** Where it was interrupted and not waited for. */
  readonly exitCode?: number;
}

/** Does it, or looks what would come of it. */
export async function act(
  calls: readonly Call[],
  stage: Stage,
  isLook: boolean,
): Promise<Acted> {
  const { what: { flags, words: { operation } }, showing: { way, areSeveral } } = stage;
  const isDry = isLook || flags.dryRun === "server";
  const isWrite = operation.effect === "write" && !isDry && flags.dryRun !== "client";
  const whenInterrupted = !isWrite ? "not finished" : way.isRemote ? "unknown" : "wait";
  using line = waitingLine(stage.screen, areSeveral);
  using interrupted = interruption(() => {
    if (whenInterrupted === "wait") line.say(FINISHING);
  });
  const taken = takenAs(flags.ignoreNotFound ?? false);
  const how: How = {
    line,
    interruption: interrupted,
    whenInterrupted,
    taken: (each) =>
      interrupted.signal.aborted && each.left === "not begun"
        ? { ...each, answer: undefined, ...leftOff("not begun") }
        : taken(each),
    onEnded(each) {
      if (isLook && stage.showing.view.confirmation === undefined) return;
      line.say(failed(each, stage));
      if (!isDry) line.say(succeeded(each, stage));
    },
    isWrite,
    isDry,
  };
  const asked = await askOnes(calls, stage, how);
  const whole: Asked[] = [];
  const told = new Map<Call, ToldAtEnd>();
  for (const call of calls) {
    if (call.kind === "one") continue;
    const came = await askSeveral(call, stage, how);
    if (came.kind === "clusters") {
      asked.set(call, came.asked);
      told.set(call, came);
    } else whole.push(came.asked);
  }
  const isLeft = [...asked.values(), whole].flat().some(({ left }) => left !== undefined);
  const isOver = interrupted.signal.aborted && isLeft && whenInterrupted !== "wait";
  return { asked, told, whole, ...isOver ? { exitCode: interrupted.exitCode } : {} };
}

const FINISHING =
  "Finishing the current write. Press Ctrl-C again to abort and leave it incomplete\n";

/** Why one of several has failed; of others nothing. */
export const failed = (asked: Asked, { showing, told }: Stage): string =>
  showing.areSeveral ? failedLines(asked, showing, told) : "";

/** What one of several tells as it ends, where its view has a line for that. */
function succeeded(asked: Asked, { showing: { view, output = "table" } }: Stage): string {
  if (view.line === undefined || !isDone(asked) || output !== "table" && output !== "wide") {
    return "";
  }
  const line = view.line(asked.answer.body);
  return line === undefined ? "" : `${asked.cluster}: ${plain(line)}\n`;
}

interface How {
  readonly line: WaitingLine;
  readonly interruption: Interruption;
  readonly whenInterrupted: "wait" | "not finished" | "unknown";
  taken(asked: Asked): Asked;
  onEnded(asked: Asked): void;
  readonly isWrite: boolean;
  readonly isDry: boolean;
}

/** Asks clusters one by one. */
async function askOnes(calls: readonly Call[], stage: Stage, how: How) {
  const { what: { words: { operation }, clusterField }, showing: { way } } = stage;
  const ones = calls.filter((call) => call.kind === "one");
  const jobs = ones.map(({ job }) => job);
  const whole = ({ cluster, input }: Job): Input => ({
    ...clusterField === undefined ? {} : { [clusterField]: cluster },
    ...input,
    ...how.isDry ? { dry_run: true } : {},
  });
  const asked = await askAll(jobs, {
    ...how,
    ask: (job) => answerTo(whole(job), job.cluster, stage, how),
    seconds: (job) => way.seconds(operation, job.cluster),
    nameless: operation.tag === "clusters" ? "the clusters" : "an answer",
  });
  return new Map<Call, readonly Asked[]>(ones.map((call, i) => [call, [asked[i]!]]));
}

/** Asks several clusters by one call. */
async function askSeveral(call: Several, stage: Stage, how: How): Promise<FleetAsked> {
  const { what: { words }, showing } = stage;
  const { way } = showing;
  const { operation } = words;
  const { job, selected } = call;
  const input = { ...selected, ...job.input, ...how.isDry ? { dry_run: true } : {} };
  if (showing.isChecked) return await unsentToSeveral(call, input, stage, how);
  return await askFleet(job, {
    ...how,
    ...withPreview(how, job.input, showing),
    async follow(gone) {
      const came = await way.follow(operation, input, gone);
      if (isFollowed(came)) return came;
      if (came.status < 300) throw strange(way, came, how.isWrite);
      checkRead(came, showing, how.isWrite);
      return nothingDone(await advised(came, operation, input, words), way);
    },
    seconds: async (cluster) => way.isRemote ? undefined : await way.seconds(operation, cluster),
    check: (entry) => checkEntry(entry, job.input, showing, how.isWrite),
    checkTold: (told) => checkTold(told, job.input, showing, how.isWrite),
    order: selected.clusters ?? [],
    steps: showing.view.steps,
  });
}

/** What would be sent: one request, unless something is wrong with it on some clusters. */
async function unsentToSeveral(
  { job, names = [] }: Several,
  input: Input,
  { what: { words: { operation } }, showing: { way } }: Stage,
  { onEnded }: How,
): Promise<FleetAsked> {
  const sent = await unsent(operation, input);
  const asked: Asked[] = [];
  for (const cluster of names) {
    const place = await way.placeOf?.(cluster);
    const answer = place && sent.status < 300
      ? await unsent(operation, input, place, cluster)
      : sent;
    asked.push({ ...job, cluster, answer });
  }
  if (asked.every(({ answer }) => answer === sent || answer!.status < 300)) {
    return { kind: "whole", asked: { ...job, cluster: undefined, answer: sent } };
  }
  asked.forEach(onEnded);
  return { kind: "clusters", asked, told: {} };
}

/** @throws {Failure} of what a server says that this program would not */
function checkRead(answer: Answer, showing: Showing, isWrite: boolean): void {
  const { way } = showing;
  if (way.isRemote && !isReadable(answer, showing)) throw strange(way, answer, isWrite);
}

/** @throws {Failure} of what a server says of a cluster that this program would not */
function checkEntry(
  entry: ClusterEntry,
  input: Input,
  showing: Showing,
  isWrite: boolean,
): void {
  const { way, view } = showing;
  const { status_code: status, answer } = entry;
  const body = answer as Answer["body"];
  if (view.whole === undefined || status >= 300) {
    return checkRead({ status, body }, showing, isWrite);
  }
  if (!way.isRemote) return;
  const made = () => {
    view.line?.(body);
    view.counted?.(body);
    return view.whole!([entry], input, []);
  };
  if (!isWholeReadable(made, showing)) throw strange(way, { status }, isWrite);
}

/** @throws {Failure} of what a server says of all clusters that this program would not */
function checkTold(told: ToldOfAll, input: Input, showing: Showing, isWrite: boolean): void {
  const { way, view } = showing;
  if (!way.isRemote || view.whole === undefined) return;
  const made = () => {
    const body = view.whole!([], input, [], told);
    view.exitCode?.(body, { ok: 0, failed: 0 }, showing.flags);
    view.confirmation?.question(body);
    return body;
  };
  if (!isWholeReadable(made, showing)) throw strange(way, { status: 200 }, isWrite);
}

/** Whether one answer can be made with what a server says of a cluster, and be shown in any way. */
function isWholeReadable(made: () => object, showing: Showing): boolean {
  try {
    const body = made() as Answer["body"];
    const view = { ...showing.view, counted: undefined }; // which is of each
    return isReadable({ status: 200, body }, { ...showing, view, output: "wide" });
  } catch {
    return false;
  }
}

/** @throws {Failure} when there is none */
async function answerTo(
  input: Input,
  cluster: string | undefined,
  { what: { words }, showing }: Stage,
  { isWrite }: How,
): Promise<Answer> {
  const { way, isChecked } = showing;
  const { operation } = words;
  if (isChecked) {
    const place = cluster === undefined ? undefined : await way.placeOf?.(cluster);
    return await unsent(operation, input, place);
  }
  const answer = await way.ask(operation, input);
  checkRead(answer, showing, isWrite);
  return way.isRemote ? await advised(answer, operation, input, words) : answer;
}
