/**
 * An overload by clients without a pause that ignore `Retry-After`. It measures the throughput of four
 * clients of a healthy cluster: alone, beside 300 clients of a cluster that hangs, and of 200 such clients.
 */
import { type Answered, type HttpClient, httpClient } from "./http.ts";
import type { Count, Time } from "./report.ts";

export interface OverloadOptions {
  readonly url: string;
  /** Names of clusters. */
  readonly healthy: string;
  readonly hung: string;
  readonly namespace: string;
  /** Duration of a measurement; it is longer until one request of each kind has succeeded. */
  readonly seconds: number;
  /** Whether to leave out the cluster that hangs, which takes until the end. */
  readonly short: boolean;
  /** A text in every password. */
  readonly canary: string;
}

/** Responses of the healthy cluster. */
export interface Got {
  /** Successful responses per second. */
  readonly lists: number;
  readonly writes: number;
  /** Responses that are neither successful nor ask to retry later. */
  readonly wrong: readonly string[];
  /** Responses that ask to retry later. */
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

/** Number of secrets that are rewritten, so that lists are as long for few clients as for many. */
const SECRETS = 8;

/** Seconds after which requests without a successful response count as starved. */
const STARVED = 30;

/** Requests without a response at the end are aborted, since the server has to be stopped. */
export async function overload(options: OverloadOptions): Promise<Overload> {
  const { seconds, short } = options;
  await warmUp(options);
  const few = await measure(options, seconds, FEW);
  const besideHung = short ? {} : { besideHung: await measure(options, seconds, FEW, AT_HUNG) };
  return { few, ...besideHung, many: await measure(options, seconds, MANY) };
}

/** Runs until everything is loaded and all secrets exist. */
async function warmUp(options: OverloadOptions): Promise<void> {
  const http = httpClient(options.url, FEW);
  for (let i = 0; i < SECRETS; i += FEW) {
    await Promise.all(Array.from({ length: FEW }, (_, j) => write(http, i + j, options)));
  }
  await list(http, options.healthy);
  http.close();
}

/** @param atHung clients of the cluster that hangs, at the same time */
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

/** Responses of a healthy cluster that are neither successful nor ask to retry later. */
export function wrongAnswers(overload: Overload): string[] {
  return allOf(overload).flatMap(({ wrong }) => wrong).map((text) =>
    text.replace(/\s+/g, " ").slice(0, 300)
  );
}

/** Conditions for an overload on any machine, however slow. */
export function overloadCounts(overload: Overload): Count[] {
  const all = allOf(overload);
  const starved = all.flatMap(({ lists, writes }) => [lists, writes]).filter((each) => each === 0);
  return [
    {
      what: "overload: wrong responses of the healthy cluster",
      found: wrongAnswers(overload).length,
      most: 0,
    },
    { what: "overload: kinds of requests that were starved", found: starved.length, most: 0 },
  ];
}

export function overloadTimes({ few, many, besideHung }: Overload): Time[] {
  return [
    {
      what: `overload: successful responses to ${FEW} clients`,
      found: said(few),
      goal: "",
      met: true,
    },
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

/** The minimum share of the throughput that the few clients have alone. */
const LEFT = 0.7;

function besides(what: string, got: Got, few: Got): Time {
  const found = `${said(got)}: ${
    percent(sum(got), sum(few))
  }; ${got.busy} were asked to retry later`;
  return { what, found, goal: "at least 70 %", met: sum(got) >= LEFT * sum(few) };
}

const sum = ({ lists, writes }: Got) => lists + writes;

const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(0)} %`;

const said = ({ lists, writes }: Got) =>
  `${lists.toFixed(1)} lists and ${writes.toFixed(1)} writes a second`;
