import type http from "node:http";
import type https from "node:https";
import type { Socket } from "node:net";

type Agent = http.Agent | https.Agent;

/** How an agent keeps and reuses idle sockets. @see https://nodejs.org/api/http.html#agentkeepsocketalivesocket */
interface Keeping {
  keepSocketAlive(socket: Socket): boolean;
  reuseSocket(socket: Socket, request: unknown): void;
}

/**
 * Sixteen for each of 200 clusters, which is what a write leaves; three for each of a thousand. With
 * those in use (16 for each of 32 clusters at once) they stay below 4,096 open files, the hard limit of
 * Linux where nothing has raised it.
 * @see https://github.com/torvalds/linux/blob/master/include/uapi/linux/fs.h INR_OPEN_MAX
 */
const MAX_IDLE = 3200;

/**
 * The connections that agents keep without using them. An agent limits those of its own cluster only,
 * so that a rotation over a thousand clusters would leave sixteen thousand open. Here all agents share
 * one limit: when it is exceeded, the connections that have been idle for the longest time are closed,
 * the last one of a cluster only when every cluster has no other.
 */
export class IdleConnections {
  /** The longest idle first. */
  readonly #idle = new Map<Socket, Agent>();
  readonly #watched = new WeakSet<Socket>();

  /** @param max idle connections of all clusters together */
  constructor(readonly max: number = MAX_IDLE) {}

  get size(): number {
    return this.#idle.size;
  }

  /** Counts the idle connections of this agent from now on. */
  share<Shared extends Agent>(agent: Shared): Shared {
    const keeping = agent as unknown as Keeping;
    const keep = keeping.keepSocketAlive.bind(agent);
    const reuse = keeping.reuseSocket.bind(agent);
    keeping.keepSocketAlive = (socket) => {
      const isKept = keep(socket);
      if (isKept) this.#add(socket, agent);
      return isKept;
    };
    keeping.reuseSocket = (socket, request) => {
      this.#idle.delete(socket);
      reuse(socket, request);
    };
    return agent;
  }

  #add(socket: Socket, agent: Agent): void {
    this.#idle.set(socket, agent);
    if (!this.#watched.has(socket)) {
      this.#watched.add(socket);
      socket.once("close", () => this.#idle.delete(socket));
    }
    if (this.#idle.size > this.max) this.#close();
  }

  /** Closes a tenth, so that the search through all of them is rare. */
  #close(): void {
    const target = Math.floor(this.max * 0.9);
    const counts = new Map<Agent, number>();
    for (const agent of this.#idle.values()) counts.set(agent, (counts.get(agent) ?? 0) + 1);
    for (const least of [2, 1]) {
      for (const [socket, agent] of this.#idle) {
        if (this.#idle.size <= target) return;
        const count = counts.get(agent)!;
        if (count < least) continue;
        counts.set(agent, count - 1);
        this.#idle.delete(socket);
        socket.destroy();
      }
    }
  }
}
