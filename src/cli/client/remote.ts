import type { Operation } from "../../operations/operation.ts";
import { Failure } from "../failure.ts";
import { plural } from "../../text/plural.ts";
import {
  type Answer,
  type Backend,
  changesNothing,
  CHECK_FIRST,
  type Input,
  isUnknownCluster,
  LIST_CLUSTERS,
  partsOf,
  pathAndQuery,
  unexpectedResponse,
} from "./backend.ts";
import { SERVER_TOKEN_VARIABLE } from "../../tokens/environment.ts";
import { baseOf, clientFor, connectionFailure, tokenHeaders, tokenVariable } from "./connection.ts";
import { eventsIn, isStream, readEvents } from "./remote_events.ts";
import { READ_SECONDS, type WhichServer, WRITE_SECONDS } from "./which_server.ts";

/**
 * A running server, with the token of the environment.
 *
 * Permissions: `--allow-net` of the server, `--allow-env`, `--allow-read` of the certificates.
 * @throws {Failure} when the URL, the token, the proxy or the certificates cannot be used
 */
export function remote(server: WhichServer): Backend {
  const { ca, requestTimeout } = server;
  const base = baseOf(server);
  const headers = tokenHeaders();
  const client = clientFor(new URL(base), ca);
  const place = `the server at ${base}`;
  const secondsFor = ({ effect }: Operation) =>
    requestTimeout ?? (effect === "read" ? READ_SECONDS : WRITE_SECONDS);

  function send(
    operation: Operation,
    input: Input,
    signal: AbortSignal | undefined,
    wants: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { method, body, hasBody, ...target } = partsOf(operation, input);
    return fetch(base + pathAndQuery(operation, target), {
      client,
      signal,
      method,
      headers: { ...headers, ...wants, ...hasBody ? { "Content-Type": "application/json" } : {} },
      body: hasBody ? JSON.stringify(body) : undefined,
      // A body with a password must not follow a redirect.
      redirect: "manual",
    });
  }

  /** @throws {Failure} when the response is not from argocd-configurer */
  function withAdvice(
    { status, headers }: Response,
    answer: Answer | undefined,
    isWrite: boolean,
  ): Answer {
    if (answer === undefined || !headers.has("X-Request-Id")) {
      throw unexpectedResponse({ place }, { status }, isWrite);
    }
    // Below /api/v1 every error has a code.
    if (status === 404 && answer.body.code === undefined) {
      return { ...answer, advice: "The server is an older version without /api/v1. Upgrade it" };
    }
    if (answer.body.code === "internal") {
      const id = answer.body.request_id ?? headers.get("X-Request-Id");
      return { ...answer, advice: `The server's log has the reason, with id=${id}` };
    }
    if (isUnknownCluster(answer)) return { ...answer, advice: LIST_CLUSTERS };
    const wait = headers.get("Retry-After");
    if (status === 429 && wait !== null && /^\d+$/.test(wait)) {
      return { ...answer, advice: `Try again in ${plural(Number(wait), "second")}` };
    }
    if (status !== 401) return answer;
    const advice = answer.body.code === "token_missing"
      ? `Set the environment variable ${SERVER_TOKEN_VARIABLE}`
      : `The token is from the environment variable ${tokenVariable()}`;
    return { ...answer, advice };
  }

  const notConnected = (error: unknown) =>
    new Failure(`Cannot connect to the server at ${base}: ${connectionFailure(error)}`);

  return {
    place,
    isRemote: true,
    seconds: (operation) => Promise.resolve(secondsFor(operation) || undefined),
    async request(operation, input) {
      const seconds = secondsFor(operation);
      const signal = seconds > 0
        ? AbortSignal.timeout(Math.min(seconds * 1000, LONGEST))
        : undefined;
      const requested = send(operation, input, signal)
        .then(async (response) => ({ response, answer: await answerOf(response) }));
      const { response, answer } = await requested.catch((error: unknown) => {
        if (signal?.aborted) throw timedOut(base, operation, input, seconds);
        throw notConnected(error);
      });
      if (signal?.aborted && answer === undefined) {
        throw timedOut(base, operation, input, seconds);
      }
      return withAdvice(response, answer, !changesNothing(operation, input));
    },
    async follow(operation, input, gone) {
      const seconds = secondsFor(operation);
      const isWrite = !changesNothing(operation, input);
      const silence = new Silence(seconds);
      const signal = AbortSignal.any([gone, silence.signal]);
      const whyCut = (error?: unknown) => {
        if (silence.signal.aborted) return timedOut(base, operation, input, seconds);
        return error instanceof Failure ? error : connectionLost(base, operation, input);
      };
      const requested = send(operation, input, signal, { Accept: "application/x-ndjson" })
        .then(async (response) => ({
          response,
          answer: isStream(response) ? undefined : await answerOf(response),
        }));
      const { response, answer } = await requested.catch((error: unknown) => {
        silence.stop();
        throw signal.aborted ? whyCut() : notConnected(error);
      });
      if (!isStream(response) || !response.headers.has("X-Request-Id")) {
        silence.stop();
        if (silence.signal.aborted && answer === undefined) throw whyCut();
        const advised = withAdvice(response, answer, isWrite);
        return eventsIn(advised) ?? advised;
      }
      return readEvents(response, {
        onRead: () => silence.restart(),
        onEnd: () => silence.stop(),
        unexpected: () => unexpectedResponse({ place }, response, isWrite),
        whyCut,
      });
    },
    close() {
      client.close();
      return Promise.resolve();
    },
  };
}

/** The answer in a response; `undefined` when it is not a JSON object. */
async function answerOf(response: Response): Promise<Answer | undefined> {
  try {
    const body: unknown = await response.json();
    if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
    return { status: response.status, body: body as Answer["body"] };
  } catch {
    return undefined;
  }
}

/** The longest timer in milliseconds; a longer one would fire immediately. */
const LONGEST = 2 ** 31 - 1;

/** Aborts when nothing was received for some time. */
class Silence {
  readonly #aborter = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param seconds 0 for no limit */
  constructor(readonly seconds: number) {
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  restart(): void {
    this.stop();
    if (this.seconds === 0) return;
    const milliseconds = Math.min(this.seconds * 1000, LONGEST);
    this.#timer = setTimeout(() => this.#aborter.abort(), milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function timedOut(base: string, operation: Operation, input: Input, seconds: number) {
  const server = `the server at ${base}`;
  const within = `no response within ${plural(seconds, "second")}`;
  return new Failure(
    changesNothing(operation, input)
      ? `Cannot reach ${server}: ${within}. Check that argocd-configurer listens there, or wait ` +
        "longer with --request-timeout"
      : `Cannot tell whether ${server} has completed the write: ${within}. It may still complete ` +
        `it. ${nextStep(operation)}, or wait longer with --request-timeout`,
  );
}

function connectionLost(base: string, operation: Operation, input: Input) {
  const why = "the connection was lost before the response was complete";
  return new Failure(
    changesNothing(operation, input)
      ? `Cannot read the response of the server at ${base}: ${why}`
      : `Cannot tell whether the server at ${base} has completed the write: ${why}. ` +
        nextStep(operation),
  );
}

/** What to do about a write with an unknown outcome. */
const nextStep = ({ clusters }: Operation) =>
  clusters === "many" ? "Run the same command again to continue" : CHECK_FIRST;
