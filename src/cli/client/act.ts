import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import type { StreamFields } from "../views/view.ts";
import { type Answer, type Input, isClusterEvents, unexpectedResponse } from "./backend.ts";
import { unsent } from "./client_dry_run.ts";
import type { Display } from "./display.ts";
import { type Interruption, interruption } from "./interruption.ts";
import { hasSucceeded, interruptedAs, type Job, type JobResult } from "./job.ts";
import { acceptingNotFound } from "./not_found.ts";
import { withUpgradeAdvice } from "./older_server.ts";
import { type Call, type CarryOut, nothingDone, type Several } from "./plan.ts";
import { withPreview } from "./preview.ts";
import { failureLines } from "./report.ts";
import { requestAll } from "./request_all.ts";
import { type FleetResult, requestFleet, type StreamEnd } from "./request_fleet.ts";
import { isReadable } from "./show_table.ts";
import { printable } from "./table.ts";
import { type TerminalScreen, type WaitingLine, waitingLine } from "./waiting_line.ts";

/** What to carry out, and where to show it. */
export interface Stage {
  readonly what: CarryOut;
  readonly display: Display;
  readonly screen: TerminalScreen | undefined;
  /** Failures that were printed. */
  readonly printed: Map<string, string | undefined>;
}

/** The results of all calls. */
export interface ActResult {
  /** By call, an entry per cluster. */
  readonly results: ReadonlyMap<Call, readonly JobResult[]>;
  /** By call about several clusters, what the stream has reported beside them. */
  readonly ends: ReadonlyMap<Call, StreamEnd>;
  /** Calls that failed before the first cluster. */
  readonly whole: readonly JobResult[];
  /** Of an interruption that did not wait for a write. */
  readonly exitCode?: number;
}

/**
 * Carries calls out.
 * @param isPreview whether as a dry run, to show the user what would happen
 */
export async function act(
  calls: readonly Call[],
  stage: Stage,
  isPreview: boolean,
): Promise<ActResult> {
  const { what: { flags, words: { operation } }, display: { backend, areSeveral } } = stage;
  const isDry = isPreview || flags.dryRun === "server";
  const isWrite = operation.effect === "write" && !isDry && flags.dryRun !== "client";
  const whenInterrupted = !isWrite ? "not finished" : backend.isRemote ? "unknown" : "wait";
  using line = waitingLine(stage.screen, areSeveral);
  using interrupted = interruption(() => {
    if (whenInterrupted === "wait") line.print(FINISHING);
  });
  const accepted = acceptingNotFound(flags.ignoreNotFound ?? false);
  const how: How = {
    line,
    interruption: interrupted,
    whenInterrupted,
    adjusted: (result) =>
      interrupted.signal.aborted && result.unfinished === "skipped"
        ? { ...result, answer: undefined, ...interruptedAs("skipped") }
        : accepted(result),
    onFinished(result) {
      if (isPreview && stage.display.view.confirmation === undefined) return;
      line.print(failureText(result, stage));
      if (!isDry) line.print(successLine(result, stage));
    },
    isWrite,
    isDry,
  };
  const results = await requestEach(calls, stage, how);
  const whole: JobResult[] = [];
  const ends = new Map<Call, StreamEnd>();
  for (const call of calls) {
    if (call.kind === "one") continue;
    const came = await requestSeveral(call, stage, how);
    if (came.kind === "clusters") {
      results.set(call, came.results);
      ends.set(call, came);
    } else whole.push(came.result);
  }
  const isOpen = [...results.values(), whole].flat()
    .some(({ unfinished }) => unfinished !== undefined);
  const isAbandoned = interrupted.signal.aborted && isOpen && whenInterrupted !== "wait";
  return { results, ends, whole, ...isAbandoned ? { exitCode: interrupted.exitCode } : {} };
}

const FINISHING =
  "Finishing the current write. Press Ctrl-C again to abort and leave it incomplete\n";

/** Why one of several clusters failed; empty for a single cluster, whose failure is printed at the end. */
export const failureText = (result: JobResult, { display, printed }: Stage): string =>
  display.areSeveral ? failureLines(result, display, printed) : "";

/** The line of a cluster that succeeded, if its view has one. */
function successLine(result: JobResult, { display: { view, output = "table" } }: Stage): string {
  if (view.line === undefined || !hasSucceeded(result)) return "";
  if (output !== "table" && output !== "wide") return "";
  const line = view.line(result.answer.body);
  return line === undefined ? "" : `${result.cluster}: ${printable(line)}\n`;
}

interface How {
  readonly line: WaitingLine;
  readonly interruption: Interruption;
  readonly whenInterrupted: "wait" | "not finished" | "unknown";
  adjusted(result: JobResult): JobResult;
  onFinished(result: JobResult): void;
  readonly isWrite: boolean;
  readonly isDry: boolean;
}

/** Carries out the calls about one cluster each. */
async function requestEach(calls: readonly Call[], stage: Stage, how: How) {
  const { what: { words: { operation }, clusterField }, display: { backend } } = stage;
  const ones = calls.filter((call) => call.kind === "one");
  const jobs = ones.map(({ job }) => job);
  const whole = ({ cluster, input }: Job): Input => ({
    ...clusterField === undefined ? {} : { [clusterField]: cluster },
    ...input,
    ...how.isDry ? { dry_run: true } : {},
  });
  const results = await requestAll(jobs, {
    ...how,
    request: (job) => answerTo(whole(job), job.cluster, stage, how),
    seconds: (job) => backend.seconds(operation, job.cluster),
    nameless: operation.tag === "clusters" ? "the clusters" : "the response",
  });
  return new Map<Call, readonly JobResult[]>(ones.map((call, i) => [call, [results[i]!]]));
}

/** Carries out one call about several clusters. */
async function requestSeveral(call: Several, stage: Stage, how: How): Promise<FleetResult> {
  const { what: { words }, display } = stage;
  const { backend } = display;
  const { operation } = words;
  const { job, selected } = call;
  const input = { ...selected, ...job.input, ...how.isDry ? { dry_run: true } : {} };
  if (display.isChecked) return await unsentToSeveral(call, input, stage, how);
  return await requestFleet(job, {
    ...how,
    ...withPreview(how, job.input, display),
    async follow(gone) {
      const came = await backend.follow(operation, input, gone);
      if (isClusterEvents(came)) return came;
      if (came.status < 300) throw unexpectedResponse(backend, came, how.isWrite);
      checkAnswer(came, display, how.isWrite);
      return nothingDone(await withUpgradeAdvice(came, operation, input, words), backend);
    },
    seconds: async (cluster) =>
      backend.isRemote ? undefined : await backend.seconds(operation, cluster),
    check: (entry) => checkEntry(entry, job.input, display, how.isWrite),
    checkFields: (fields) => checkFields(fields, job.input, display, how.isWrite),
    order: selected.clusters ?? [],
    steps: display.view.steps,
  });
}

/** A dry run by the client: one request for all clusters, or an error for each that rejects it. */
async function unsentToSeveral(
  { job, names = [] }: Several,
  input: Input,
  { what: { words: { operation } }, display: { backend } }: Stage,
  { onFinished }: How,
): Promise<FleetResult> {
  const request = await unsent(operation, input);
  const results: JobResult[] = [];
  for (const cluster of names) {
    const place = await backend.placeOf?.(cluster);
    const answer = place && request.status < 300
      ? await unsent(operation, input, place, cluster)
      : request;
    results.push({ ...job, cluster, answer });
  }
  if (results.every(({ answer }) => answer === request || answer!.status < 300)) {
    return { kind: "whole", result: { ...job, cluster: undefined, answer: request } };
  }
  results.forEach(onFinished);
  return { kind: "clusters", results, fields: {} };
}

/** @throws {Failure} when a server's answer is not one of argocd-configurer */
function checkAnswer(answer: Answer, display: Display, isWrite: boolean): void {
  const { backend } = display;
  if (backend.isRemote && !isReadable(answer, display)) {
    throw unexpectedResponse(backend, answer, isWrite);
  }
}

/** @throws {Failure} when a server's entry for a cluster is not one of argocd-configurer */
function checkEntry(
  entry: ClusterEntry,
  input: Input,
  display: Display,
  isWrite: boolean,
): void {
  const { backend, view } = display;
  const { status_code: status, answer } = entry;
  const body = answer as Answer["body"];
  if (view.whole === undefined || status >= 300) {
    return checkAnswer({ status, body }, display, isWrite);
  }
  if (!backend.isRemote) return;
  const made = () => {
    view.line?.(body);
    view.counted?.(body);
    return view.whole!([entry], input, []);
  };
  if (!isWholeReadable(made, display)) throw unexpectedResponse(backend, { status }, isWrite);
}

/** @throws {Failure} when a server's fields for all clusters are not those of argocd-configurer */
function checkFields(
  fields: StreamFields,
  input: Input,
  display: Display,
  isWrite: boolean,
): void {
  const { backend, view } = display;
  if (!backend.isRemote || view.whole === undefined) return;
  const made = () => {
    const body = view.whole!([], input, [], fields);
    view.exitCode?.(body, { ok: 0, failed: 0 }, display.flags);
    view.confirmation?.question(body);
    return body;
  };
  if (!isWholeReadable(made, display)) throw unexpectedResponse(backend, { status: 200 }, isWrite);
}

/** Whether the one answer about all clusters can be made, and shown in every output format. */
function isWholeReadable(made: () => object, display: Display): boolean {
  try {
    const body = made() as Answer["body"];
    const view = { ...display.view, counted: undefined }; // it counts single clusters
    return isReadable({ status: 200, body }, { ...display, view, output: "wide" });
  } catch {
    return false;
  }
}

/** @throws {Failure} when there is no answer */
async function answerTo(
  input: Input,
  cluster: string | undefined,
  { what: { words }, display }: Stage,
  { isWrite }: How,
): Promise<Answer> {
  const { backend, isChecked } = display;
  const { operation } = words;
  if (isChecked) {
    const place = cluster === undefined ? undefined : await backend.placeOf?.(cluster);
    return await unsent(operation, input, place);
  }
  const answer = await backend.request(operation, input);
  checkAnswer(answer, display, isWrite);
  return backend.isRemote ? await withUpgradeAdvice(answer, operation, input, words) : answer;
}
