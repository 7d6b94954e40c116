/**
 * Many more clients than can be served, without a pause between an answer and the next request and
 * deaf to `Retry-After`: what four clients get of a healthy cluster, what is left of that beside 300
 * that ask a cluster that hangs, and what 200 of their own kind get.
 */
import { type Answered, type HttpClient, httpClient } from "./http.ts";
import type { Count, Time } from "./report.ts";

export interface OverloadOptions {
  readonly url: string;
  /** Names of clusters. */
  readonly healthy: string;
  readonly hung: string;
  readonly namespace: string;
  /** Of each measurement; longer when until then nothing of one kind was answered well. */
  readonly seconds: number;
  /** Whether to leave out the cluster that hangs, of which one waits to the end. */
  readonly short: boolean;
  /** In every password. */
  readonly canary: string;
}

/** Answers of the healthy cluster. */
export interface Got {
  /** Good ones, a second. */
  readonly lists: number;
  readonly writes: number;
  /** Those that are neither good nor ask to come later. */
  readonly wrong: readonly string[];
  /** How many asked to come later. */
  readonly busy: number;
}

export interface Overload {
  readonly few: Got;
  readonly many: Got;
  readonly besideHung?: Got;
}

const FEW = 4;
const MANY = 50 * FEW;
const AT_HUNG = 300;

/** Secrets that are written again and again: a list is as long for few clients as for many. */
const SECRETS = 8;

/** Seconds until what is not answered well by then is starved. */
const STARVED = 30;

/** Whoever is not answered in the end is broken off: the server has to be stopped then. */
export async function overload(options: OverloadOptions): Promise<Overload> {
  const { seconds, short } = options;
  await warmUp(options);
  const few = await measure(options, seconds, FEW);
  const besideHung = short ? {} : { besideHung: await measure(options, seconds, FEW, AT_HUNG) };
  return { few, ...besideHung, many: await measure(options, seconds, MANY) };
}

/** Until everything is loaded and all secrets are there. */
async function warmUp(options: OverloadOptions): Promise<void> {
  const http = httpClient(options.url, FEW);
  for (let i = 0; i < SECRETS; i += FEW) {
    await Promise.all(Array.from({ length: FEW }, (_, j) => write(http, i + j, options)));
  }
  await list(http, options.healthy);
  http.close();
}

/** @param atHung clients that ask the cluster that hangs meanwhile */
async function measure(
  options: OverloadOptions,
  seconds: number,
  clients: number,
  atHung = 0,
): Promise<Got> {
  const http = httpClient(options.url, clients + atHung);
  const good = { lists: 0, writes: 0 };
  const wrong: string[] = [];
  let busy = 0;
  let isOver = false;

  async function client(index: number): Promise<void> {
    const kind = index % 2 === 0 ? "writes" : "lists";
    for (let sent = 0; !isOver; sent++) {
      const { status, retryAfter, text } = await (kind === "writes"
        ? write(http, (index + sent * clients) / 2, options)
        : list(http, options.healthy));
      if (isOver) {
        return;
      }
      if (status === 200) {
        good[kind]++;
      } else if (status === 503 && retryAfter) {
        busy++;
      } else wrong.push(`${kind} of ${clients} clients: ${status}: ${text}`);
    }
  }
  async function clientOfHung(): Promise<void> {
    while (!isOver) await list(http, options.hung);
  }
  const all = [
    ...Array.from({ length: clients }, (_, index) => client(index)),
    ...Array.from({ length: atHung }, clientOfHung),
  ];
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  const mustGoOn = () => passed() < STARVED && (good.lists === 0 || good.writes === 0);
  do await new Promise((resolve) => setTimeout(resolve, seconds * 1000)); while (mustGoOn());
  const took = passed();
  isOver = true;
  http.close();
  await Promise.all(all);
  return { lists: good.lists / took, writes: good.writes / took, wrong, busy };
}

function list(http: HttpClient, cluster: string): Promise<Answered> {
  return http.ask("GET", `/secrets?cluster=${cluster}`);
}

function write(
  http: HttpClient,
  number: number,
  { healthy, namespace, canary }: OverloadOptions,
): Promise<Answered> {
  return http.ask("POST", "/secrets/add_docker", {
    cluster_name: healthy,
    name: `crowd-${number % SECRETS}`,
    namespaces: namespace,
    username: "crowd",
    password: `${canary}-${crypto.randomUUID()}`,
    registry: "ghcr.io",
    upsert: true,
  });
}

const allOf = (
  { few, many, besideHung }: Overload,
) => [few, many, ...besideHung ? [besideHung] : []];

/** Those of a healthy cluster that are neither good nor ask to come later. */
export function wrongAnswers(overload: Overload): string[] {
  return allOf(overload).flatMap(({ wrong }) => wrong).map((text) =>
    text.replace(/\s+/g, " ").slice(0, 300)
  );
}

/** What must not be in an overload, however slow the machine is. */
export function overloadCounts(overload: Overload): Count[] {
  const all = allOf(overload);
  const starved = all.flatMap(({ lists, writes }) => [lists, writes]).filter((each) => each === 0);
  return [
    {
      what: "overload: wrong answers of the healthy cluster",
      found: wrongAnswers(overload).length,
      most: 0,
    },
    { what: "overload: kinds of requests that were starved", found: starved.length, most: 0 },
  ];
}

export function overloadTimes({ few, many, besideHung }: Overload): Time[] {
  return [
    { what: `overload: good answers to ${FEW} clients`, found: said(few), goal: "", met: true },
    ...besideHung === undefined
      ? []
      : [besides(`overload: to ${FEW} beside ${AT_HUNG} at a cluster that hangs`, besideHung, few)],
    besides(`overload: to ${MANY} clients without a pause`, many, few),
    {
      what: "overload: writes among these",
      found: percent(many.writes, sum(many)),
      goal: `at least 25 %`,
      met: many.writes >= sum(many) / 4,
    },
  ];
}

/** The least that is left of what the few get when nobody else is there. */
const LEFT = 0.7;

function besides(what: string, got: Got, few: Got): Time {
  const found = `${said(got)}: ${percent(sum(got), sum(few))}; ${got.busy} were told to come later`;
  return { what, found, goal: "at least 70 %", met: sum(got) >= LEFT * sum(few) };
}

const sum = ({ lists, writes }: Got) => lists + writes;

const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(0)} %`;

const said = ({ lists, writes }: Got) =>
  `${lists.toFixed(1)} lists and ${writes.toFixed(1)} writes a second`;
