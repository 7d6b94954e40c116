import { type FleetLimits, FleetQueue } from "../fleet/queue.ts";

export interface LimitsOptions {
  /** Running and waiting requests; one more is rejected. */
  readonly all: number;
  /** Running and waiting requests of one token. */
  readonly perToken: number;
  /** Requests of one token about several clusters, each of which may hold the responses of all of them. */
  readonly fleetsPerToken: number;
  /** Concurrent requests to clusters that use this machine. */
  readonly slots: number;
  /** Milliseconds after which a request only waits for its cluster, and no longer uses this machine. */
  readonly stalled: number;
  /** Concurrent requests to clusters, including stalled ones. */
  readonly held: number;
  /** Concurrent requests to one cluster. */
  readonly perCluster: number;
  /** Requests that wait for a slot; one more is rejected. */
  readonly waiting: number;
  /** Requests that wait for one cluster. */
  readonly waitingPerCluster: number;
  /** Longest wait in milliseconds; a request that would wait longer is rejected immediately. */
  readonly wait: number;
}

/** What the limits of a server are derived from. */
export interface ServerCapacity {
  /** Concurrent requests. */
  readonly maxRequests: number;
  /** Timeout of all kubectl commands of one request. */
  readonly seconds: number;
  /** Limits of kubectl processes; absent with the transport api. */
  readonly gate?: {
    readonly starting: number;
    readonly alive: number;
    readonly alivePerCluster: number;
  };
}

/**
 * With kubectl, a request takes two or three processes, and starting them is the main cost. Two requests per
 * process that may be starting keep all of them busy, and admitted requests finish in well under a second per
 * core. Half of the processes that one cluster may have is enough requests to keep these busy, too. With the
 * transport api, the limit is 16 connections per cluster.
 *
 * A request may wait for half of its timeout, so that a client waits at most one and a half times as long as
 * without a queue.
 */
export function serverLimits({ maxRequests: all, seconds, gate }: ServerCapacity): LimitsOptions {
  const some = (share: number, most = Infinity) => Math.min(most, Math.ceil(share * all));
  const held = some(1 / 2, gate?.alive);
  const slots = some(1 / 2, gate && 2 * gate.starting);
  return {
    all,
    perToken: some(3 / 4),
    fleetsPerToken: Math.max(4, some(1 / 16)),
    slots,
    stalled: STALLED,
    held,
    perCluster: Math.min(
      Math.ceil(slots / 2),
      gate ? Math.ceil(gate.alivePerCluster / 2) : some(1 / 16),
    ),
    waiting: Math.floor(all * 3 / 8),
    waitingPerCluster: Math.floor(all / 4),
    wait: seconds * 500,
  };
}

/** See {@link LimitsOptions.stalled}. */
const STALLED = 2000;

/**
 * Concurrent requests about several clusters to one API server. One request may take half a dozen processes,
 * and the gate allows eight running and 64 waiting ones.
 */
const PER_SERVER = { connections: 16, processes: 2 };

/**
 * The limits of requests about several clusters. With kubectl, no more clusters run concurrently than processes
 * may be starting, so that none waits for a process within its own deadline; hanging clusters leave half of
 * the processes free.
 * @param atOnce concurrent clusters, from the setting
 */
export function fleetLimits(
  atOnce: number,
  gate: NonNullable<ServerCapacity["gate"]>,
): FleetLimits {
  const processes = Math.min(atOnce, gate.starting);
  return {
    atOnce: { connections: atOnce, processes },
    stalled: STALLED,
    held: { connections: 4 * atOnce, processes: Math.max(processes, gate.alive / 2) },
    perServer: PER_SERVER,
  };
}

/** A queue with these limits, until it is configured again. */
export const fleetQueue = (atOnce: number, gate: NonNullable<ServerCapacity["gate"]>): FleetQueue =>
  new FleetQueue(fleetLimits(atOnce, gate));

/** Limits of request bodies that are being read: none waits, and one token has at most a quarter. */
export function bodyLimits(maxRequests: number): LimitsOptions {
  return {
    all: maxRequests,
    perToken: Math.ceil(maxRequests / 4),
    // Bodies use no cluster.
    fleetsPerToken: 0,
    slots: 0,
    stalled: 0,
    held: 0,
    perCluster: 0,
    waiting: 0,
    waitingPerCluster: 0,
    wait: 0,
  };
}
