import { type FleetLimits, FleetQueue } from "../fleet/queue.ts";

export interface LimitsOptions {
  /** Requests under way, who waits among them; one more is refused. */
  readonly all: number;
  /** Of these of one token. */
  readonly perToken: number;
  /** Of these those about several clusters, each of which may hold what all of them answer. */
  readonly fleetsPerToken: number;
  /** Requests to clusters that are carried out at once and may be at work here. */
  readonly places: number;
  /** Milliseconds after which one is no work for this machine any more: it waits for its cluster. */
  readonly stalled: number;
  /** Requests to clusters that are carried out at once, the stalled ones among them. */
  readonly held: number;
  /** Of these to one cluster. */
  readonly perCluster: number;
  /** Requests that wait for a place; one more is refused. */
  readonly waiting: number;
  /** Of these for one cluster. */
  readonly waitingPerCluster: number;
  /** Milliseconds that one may wait; who would have to wait for longer is refused at once. */
  readonly wait: number;
}

/** What the numbers for a server follow from. */
export interface Given {
  /** Requests under way at once. */
  readonly maxRequests: number;
  /** That the commands of one request may take together. */
  readonly seconds: number;
  /** Processes that there may be at once, where clusters are reached by these. */
  readonly gate?: {
    readonly starting: number;
    readonly alive: number;
    readonly alivePerCluster: number;
  };
}

/**
 * Over kubectl a request is two or three processes whose start is what costs, one after the other or
 * at once: two requests for each that may be starting keep all of them busy, and what is let in ends
 * in well under a second for each core's worth of them. Half of what one cluster's processes may be
 * is requests enough to have these busy too. Without processes it is connections: 16 a cluster.
 *
 * A request may wait for half of the time that it then has: with the wait no client has to have
 * patience for more than one and a half times as long as without.
 */
export function serverLimits({ maxRequests: all, seconds, gate }: Given): LimitsOptions {
  const some = (share: number, most = Infinity) => Math.min(most, Math.ceil(share * all));
  const held = some(1 / 2, gate?.alive);
  const places = some(1 / 2, gate && 2 * gate.starting);
  return {
    all,
    perToken: some(3 / 4),
    fleetsPerToken: Math.max(4, some(1 / 16)),
    places,
    stalled: STALLED,
    held,
    perCluster: Math.min(
      Math.ceil(places / 2),
      gate ? Math.ceil(gate.alivePerCluster / 2) : some(1 / 16),
    ),
    waiting: Math.floor(all * 3 / 8),
    waitingPerCluster: Math.floor(all / 4),
    wait: seconds * 500,
  };
}

/** Milliseconds after which a request is no work for this machine any more. */
const STALLED = 2000;

/**
 * Requests about several clusters that ask one API server at once. One request may be half a dozen
 * processes there, and the gate has room for eight that run and 64 that wait.
 */
const PER_SERVER = { connections: 16, processes: 2 };

/**
 * Of requests about several clusters: those that take processes no more at once than may be starting,
 * so that none waits for a process by its own deadline, and of those that hang so many that half of
 * the processes are left.
 * @param atOnce clusters, as of the setting
 */
export function fleetLimits(atOnce: number, gate: NonNullable<Given["gate"]>): FleetLimits {
  const processes = Math.min(atOnce, gate.starting);
  return {
    atOnce: { connections: atOnce, processes },
    stalled: STALLED,
    held: { connections: 4 * atOnce, processes: Math.max(processes, gate.alive / 2) },
    perServer: PER_SERVER,
  };
}

/** With these, until it is configured anew. */
export const fleetQueue = (atOnce: number, gate: NonNullable<Given["gate"]>): FleetQueue =>
  new FleetQueue(fleetLimits(atOnce, gate));

/** Of bodies that are being read: nobody waits, and one token has a quarter of the places. */
export function bodyLimits(maxRequests: number): LimitsOptions {
  return {
    all: maxRequests,
    perToken: Math.ceil(maxRequests / 4),
    // None of these is for a cluster.
    fleetsPerToken: 0,
    places: 0,
    stalled: 0,
    held: 0,
    perCluster: 0,
    waiting: 0,
    waitingPerCluster: 0,
    wait: 0,
  };
}
