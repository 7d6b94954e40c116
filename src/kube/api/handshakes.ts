import type http from "node:http";
import type https from "node:https";
import type { Socket } from "node:net";
import type { Deadline } from "../deadline.ts";
import { notConnected, type Reported } from "../reasons.ts";

type Agent = http.Agent | https.Agent;

/** A request on its way; its socket is absent until it has one. */
export interface Waiting {
  readonly sent: { readonly socket?: unknown };
  readonly agent: Agent;
  readonly deadline: Deadline;
  /** Called when no connection could be made for it, so that nothing of it was sent. */
  readonly giveUp: (report: Reported) => void;
}

/** Why an agent has no connection for a request. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";

  constructor(readonly report: Reported) {
    super(report.why);
  }
}

/** Hands a socket to the agent, or says why there is none; of several calls the first counts. */
type Done = (error?: Error | null, socket?: Socket) => void;

/** How agents make connections: by what they return, or by a call later, as through proxies. */
type Connect = (options: object, done: Done) => Socket | undefined;

/**
 * Gives connections a time in which they have to be made: resolving the name, TCP, a proxy's CONNECT
 * and TLS together. Whether one is made is seen from the socket's state when the time is over, since
 * an event may never come; who waits is told from here.
 */
export class Handshakes {
  readonly #waiting = new Set<Waiting>();
  readonly #attempts = new Set<Attempt>();
  readonly #inVain = new WeakSet<Deadline>();
  #newest: Attempt | undefined;

  /** @param seconds for each connection */
  constructor(readonly seconds: number) {}

  /** Of the CONNECT that a proxy is sent next; agents read it once for each. */
  get signal(): AbortSignal | undefined {
    return this.#newest?.signal;
  }

  /** Limits the connections that this agent makes from now on. */
  limit<Limited extends Agent>(agent: Limited): Limited {
    const agents = agent as unknown as { createConnection: Connect };
    const connect = agents.createConnection.bind(agent);
    agents.createConnection = (options, done) => this.#begin(agent, connect, options, done);
    return agent;
  }

  /**
   * Why a request need not be sent: under its deadline a connection was waited for in vain already.
   * Of a hundred requests, sixteen at a time, each would wait.
   */
  inVain(agent: Agent, deadline: Deadline): Reported | undefined {
    const isVain = this.#inVain.has(deadline) && !isReached(agent);
    return isVain ? notConnected(this.seconds) : undefined;
  }

  /** Tells it when no connection can be made for it. */
  watch(waiting: Waiting): void {
    this.#waiting.add(waiting);
  }

  /** It is answered, or given up. */
  forget(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  /** Ends the attempts under way. */
  close(): void {
    for (const attempt of this.#attempts) attempt.end();
  }

  #begin(agent: Agent, connect: Connect, options: object, done: Done): Socket | undefined {
    const attempt = this.#newest = new Attempt(this.seconds, {
      late: () => {
        this.#tell(agent, attempt);
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

  /** Tells who waits for it, and, where the server has taken no connection, all who wait for one. */
  #tell(agent: Agent, { socket }: Attempt): void {
    const reached = isReached(agent);
    for (const waiting of [...this.#waiting]) {
      const own = waiting.sent.socket as Socket | undefined;
      const isIts = socket !== undefined && own === socket;
      const isWithout = !reached && waiting.agent === agent && !isMade(own);
      if (!isIts && !isWithout) continue;
      this.#inVain.add(waiting.deadline);
      waiting.giveUp(notConnected(this.seconds));
    }
  }
}

/** A connection that is being made. */
class Attempt {
  readonly #asked = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  /** Absent while a proxy is asked. */
  socket: Socket | undefined;
  #isOver = false;

  constructor(seconds: number, readonly on: { late: () => void; over: () => void }) {
    this.#timer = setTimeout(() => {
      if (!isMade(this.socket)) on.late();
      this.end();
    }, seconds * 1000);
  }

  /** Of what a proxy is asked. */
  get signal(): AbortSignal {
    return this.#asked.signal;
  }

  /** Takes what it has been made of so far. */
  goesOnWith(socket: Socket): void {
    if (this.#isOver) return void socket.destroy();
    this.socket = socket;
    const look = () => (isMade(socket) || socket.destroyed) && this.end();
    // These only spare the timer.
    for (const event of ["connect", "secureConnect", "close"]) socket.once(event, look);
    look();
  }

  /** Leaves a connection that is made, and gives up one that is not. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.on.over();
    if (isMade(this.socket)) return;
    this.#asked.abort();
    this.socket?.destroy();
  }
}

/** Whether bytes of a request may have gone over it. */
function isMade(socket: Socket | null | undefined): boolean {
  if (!socket) return false;
  const { connecting, secureConnecting } = socket as Socket & { secureConnecting?: boolean };
  return !connecting && secureConnecting !== true;
}

/** Whether any connection of the agent is made. */
function isReached({ sockets, freeSockets }: Agent): boolean {
  return [sockets, freeSockets].some((all) =>
    Object.values(all).some((of) => of?.some((socket) => !socket.destroyed && isMade(socket)))
  );
}
