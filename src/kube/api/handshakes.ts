import type http from "node:http";
import type https from "node:https";
import type { Socket } from "node:net";
import type { Deadline } from "../deadline.ts";
import { notConnected, type Reported } from "../reasons.ts";

type Agent = http.Agent | https.Agent;

/** A request that is under way. */
export interface WaitingRequest {
  /** The request; its socket is absent until it has one. */
  readonly sent: { readonly socket?: unknown };
  readonly agent: Agent;
  readonly deadline: Deadline;
  /** Called when the request gets no connection, so that nothing of it was sent. */
  readonly giveUp: (report: Reported) => void;
}

/** An agent could not connect in time. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";

  constructor(readonly report: Reported) {
    super(report.why);
  }
}

/** Passes a socket or an error to the agent; only the first call counts. */
type Done = (error?: Error | null, socket?: Socket) => void;

/** How agents connect: they return the socket, or call `done` later (through a proxy). */
type Connect = (options: object, done: Done) => Socket | undefined;

/**
 * Enforces the connect timeout, for DNS, TCP, a proxy's CONNECT and TLS together. Events of sockets may
 * never come, so the socket's state is checked when the time is over, and the waiting requests are failed
 * from here.
 */
export class Handshakes {
  readonly #waiting = new Set<WaitingRequest>();
  readonly #attempts = new Set<Attempt>();
  /** Deadlines under which a connection timed out. */
  readonly #timedOut = new WeakSet<Deadline>();
  #newest: Attempt | undefined;

  /** @param seconds the timeout of each connection */
  constructor(readonly seconds: number) {}

  /** The signal for the next CONNECT to a proxy; agents read it once per connection. */
  get signal(): AbortSignal | undefined {
    return this.#newest?.signal;
  }

  /** Applies the timeout to all further connections of the agent. */
  limit<Limited extends Agent>(agent: Limited): Limited {
    const agents = agent as unknown as { createConnection: Connect };
    const connect = agents.createConnection.bind(agent);
    agents.createConnection = (options, done) => this.#start(agent, connect, options, done);
    return agent;
  }

  /**
   * The failure of a request without sending it, when a connection under its deadline has already timed
   * out. Otherwise each of a hundred requests, sixteen at a time, would wait for the timeout.
   */
  alreadyTimedOut(agent: Agent, deadline: Deadline): Reported | undefined {
    const isTimedOut = this.#timedOut.has(deadline) && !isReached(agent);
    return isTimedOut ? notConnected(this.seconds) : undefined;
  }

  /** Calls the request's `giveUp` when it gets no connection. */
  watch(waiting: WaitingRequest): void {
    this.#waiting.add(waiting);
  }

  /** Stops watching a request that has a response, or was given up. */
  forget(waiting: WaitingRequest): void {
    this.#waiting.delete(waiting);
  }

  /** Aborts the attempts under way. */
  close(): void {
    for (const attempt of this.#attempts) attempt.end();
  }

  #start(agent: Agent, connect: Connect, options: object, done: Done): Socket | undefined {
    const attempt = this.#newest = new Attempt(this.seconds, {
      late: () => {
        this.#failWaiting(agent, attempt);
        done(new NotConnected(notConnected(this.seconds)));
      },
      over: () => this.#attempts.delete(attempt),
    });
    this.#attempts.add(attempt);
    const socket = connect(options, (error, socket) => {
      if (error) attempt.end();
      else if (socket) attempt.goesOnWith(socket);
      done(error, socket);
    });
    if (socket) attempt.goesOnWith(socket);
    return socket;
  }

  /** Fails the attempt's request and, when the agent has no connection at all, all that wait for one. */
  #failWaiting(agent: Agent, { socket }: Attempt): void {
    const reached = isReached(agent);
    for (const waiting of [...this.#waiting]) {
      const own = waiting.sent.socket as Socket | undefined;
      const isIts = socket !== undefined && own === socket;
      const isWithout = !reached && waiting.agent === agent && !isMade(own);
      if (!isIts && !isWithout) continue;
      this.#timedOut.add(waiting.deadline);
      waiting.giveUp(notConnected(this.seconds));
    }
  }
}

/** An attempt to connect. */
class Attempt {
  readonly #connect = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  /** Absent until a proxy has responded to CONNECT. */
  socket: Socket | undefined;
  #isOver = false;

  constructor(seconds: number, readonly on: { late: () => void; over: () => void }) {
    this.#timer = setTimeout(() => {
      if (!isMade(this.socket)) on.late();
      this.end();
    }, seconds * 1000);
  }

  /** The signal of the CONNECT to a proxy. */
  get signal(): AbortSignal {
    return this.#connect.signal;
  }

  /** Continues with the socket that TCP or the proxy provided. */
  goesOnWith(socket: Socket): void {
    if (this.#isOver) return void socket.destroy();
    this.socket = socket;
    const look = () => (isMade(socket) || socket.destroyed) && this.end();
    // Events are only used to stop the timer early.
    for (const event of ["connect", "secureConnect", "close"]) socket.once(event, look);
    look();
  }

  /** Ends the attempt: keeps an established connection, and destroys any other. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.on.over();
    if (isMade(this.socket)) return;
    this.#connect.abort();
    this.socket?.destroy();
  }
}

/** Whether the connection is established, so that bytes of a request may have been sent. */
function isMade(socket: Socket | null | undefined): boolean {
  if (!socket) return false;
  const { connecting, secureConnecting } = socket as Socket & { secureConnecting?: boolean };
  return !connecting && secureConnecting !== true;
}

/** Whether the agent has any established connection. */
function isReached({ sockets, freeSockets }: Agent): boolean {
  return [sockets, freeSockets].some((all) =>
    Object.values(all).some((of) => of?.some((socket) => !socket.destroyed && isMade(socket)))
  );
}
