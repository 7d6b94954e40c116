import assert from "node:assert/strict";
import http from "node:http";
import { deadlineIn } from "../deadline.ts";
import type { Reported } from "../reasons.ts";
import { Handshakes, type WaitingRequest } from "./handshakes.ts";

/** Connections that hang in each possible state, from an agent that returns given sockets. */

const LIMIT = 0.05;

interface FakeSocket {
  connecting: boolean;
  secureConnecting?: boolean;
  destroyed: boolean;
  once(): void;
  destroy(): void;
}

/** A socket that never emits anything. */
function socket(state: Pick<FakeSocket, "connecting" | "secureConnecting">): FakeSocket {
  return {
    ...state,
    destroyed: false,
    once: () => {},
    destroy() {
      this.destroyed = true;
    },
  };
}

type Done = (error: Error | null, socket?: unknown) => void;

interface Fake {
  readonly handshakes: Handshakes;
  /** The final result that the agent got. */
  readonly told: unknown[];
  /** Starts a connection, with a request that waits for it. */
  request(own: FakeSocket | undefined): { readonly reports: Reported[]; readonly sent: Sent };
  /** A request that waits for a free connection. */
  queued(): { readonly reports: Reported[] };
  /** Passes on the proxy's socket. */
  late: Done[];
  readonly signals: (AbortSignal | undefined)[];
  readonly agent: http.Agent;
}

interface Sent {
  socket?: FakeSocket;
}

function fake(): Fake {
  const agent = new http.Agent();
  const handshakes = new Handshakes(LIMIT);
  const next: (FakeSocket | undefined)[] = [];
  const late: Done[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const told: unknown[] = [];
  const agents = agent as unknown as {
    createConnection(options: object, done: Done): unknown;
  };
  agents.createConnection = (_options, done) => {
    late.push(done);
    signals.push(handshakes.signal);
    return next.shift();
  };
  handshakes.limit(agent);
  const wait = (sent: Sent) => {
    const reports: Reported[] = [];
    const waiting: WaitingRequest = {
      sent,
      agent,
      deadline: deadlineIn(60),
      giveUp: (report) => {
        reports.push(report);
        handshakes.forget(waiting);
      },
    };
    handshakes.watch(waiting);
    return { reports, sent };
  };
  return {
    handshakes,
    told,
    late,
    signals,
    agent,
    request(own) {
      next.push(own);
      agents.createConnection({}, (error) => told.push(error));
      return wait({ socket: own });
    },
    queued: () => wait({}),
  };
}

const pastLimit = () => new Promise((resolve) => setTimeout(resolve, LIMIT * 1000 * 4));

const WHY: Reported = {
  kind: "unreachable",
  why: `no connection within ${LIMIT} seconds (dial tcp: i/o timeout)`,
  uncertain: false,
};

const UNMADE: [what: string, own: () => FakeSocket | undefined][] = [
  ["that hangs in TCP", () => socket({ connecting: true, secureConnecting: true })],
  ["that hangs in TLS", () => socket({ connecting: false, secureConnecting: true })],
  ["of plain HTTP that hangs in TCP", () => socket({ connecting: true })],
  ["that hangs at a proxy", () => undefined],
];

for (const [what, make] of UNMADE) {
  Deno.test(`a connection ${what} is given up without any event, and its waiting requests fail`, async () => {
    const it = fake();
    const own = make();
    const { reports } = it.request(own);
    const { reports: behind } = it.queued();
    await pastLimit();
    assert.deepEqual([reports, behind], [[WHY], [WHY]]);
    assert.equal(own?.destroyed ?? true, true);
    assert.equal(it.signals[0]!.aborted, true);
    assert.equal(it.told.length, 1);
  });
}

const MADE: [what: string, state: Pick<FakeSocket, "connecting" | "secureConnecting">][] = [
  ["TLS", { connecting: true, secureConnecting: true }],
  ["plain HTTP", { connecting: true }],
];

for (const [what, state] of MADE) {
  Deno.test(`a connection of ${what} that is established is kept, even without an event`, async () => {
    const it = fake();
    const own = socket(state);
    const { reports } = it.request(own);
    own.connecting = false;
    if (own.secureConnecting) own.secureConnecting = false;
    await pastLimit();
    assert.deepEqual([reports, own.destroyed, it.told], [[], false, []]);
  });
}

Deno.test("if another connection is established, requests that wait for a free one keep waiting", async () => {
  const it = fake();
  const made = socket({ connecting: false });
  Object.assign(it.agent.sockets, { "c:443": [made] });
  const { reports } = it.request(socket({ connecting: true }));
  const { reports: behind } = it.queued();
  await pastLimit();
  assert.deepEqual([reports, behind], [[WHY], []]);
});

Deno.test("after a connection has timed out, nothing is sent under that deadline until one is established", async () => {
  const it = fake();
  const deadline = deadlineIn(60);
  const waiting = { sent: {}, agent: it.agent, deadline, giveUp: () => {} };
  it.handshakes.watch(waiting);
  it.request(socket({ connecting: true }));
  assert.equal(it.handshakes.alreadyTimedOut(it.agent, deadline), undefined);
  await pastLimit();
  assert.deepEqual(it.handshakes.alreadyTimedOut(it.agent, deadline), WHY);
  assert.equal(it.handshakes.alreadyTimedOut(it.agent, deadlineIn(60)), undefined, "another one");
  Object.assign(it.agent.freeSockets, { "c:443": [socket({ connecting: false })] });
  assert.equal(it.handshakes.alreadyTimedOut(it.agent, deadline), undefined);
});

Deno.test("a connection that a proxy makes too late is closed", async () => {
  const it = fake();
  it.request(undefined);
  await pastLimit();
  const late = socket({ connecting: false, secureConnecting: true });
  it.late[0]!(null, late);
  assert.equal(late.destroyed, true);
});

Deno.test("closing aborts all pending connections, and leaves no timer", () => {
  const it = fake();
  const own = socket({ connecting: true });
  it.request(own);
  it.request(undefined);
  it.handshakes.close();
  assert.equal(own.destroyed, true);
  assert.deepEqual(it.signals.map((signal) => signal!.aborted), [true, true]);
  assert.notEqual(it.signals[0], it.signals[1], "each CONNECT has a signal of its own");
});
