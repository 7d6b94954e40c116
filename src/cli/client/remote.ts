import type { Operation } from "../../operations/operation.ts";
import { plural } from "../plural.ts";
import { Failure } from "../failure.ts";
import { baseOf, clientFor, reasonOf, tokenHeaders, tokenVariable } from "./connection.ts";
import { eventsIn, isStream, readEvents } from "./remote_events.ts";
import {
  type Answer,
  changesNothing,
  type Input,
  partsOf,
  strange,
  targetOf,
  type Way,
} from "./way.ts";
import { READ_SECONDS, type WhichServer, WRITE_SECONDS } from "./which_server.ts";

/**
 * A running server, asked with the token of the environment.
 *
 * Permissions: `--allow-net` of the server, `--allow-env`, `--allow-read` of the certificates.
 * @throws {Failure} when it cannot be asked like this
 */
export function remote(server: WhichServer): Way {
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
    return fetch(base + targetOf(operation, target), {
      client,
      signal,
      method,
      headers: { ...headers, ...wants, ...hasBody ? { "Content-Type": "application/json" } : {} },
      body: hasBody ? JSON.stringify(body) : undefined,
      // A body with a password goes nowhere but where it was sent.
      redirect: "manual",
    });
  }

  /** @throws {Failure} when it is none of this program's */
  function advised(
    { status, headers }: Response,
    answer: Answer | undefined,
    isWrite: boolean,
  ): Answer {
    if (answer === undefined || !headers.has("X-Request-Id")) {
      throw strange({ place }, { status }, isWrite);
    }
    // Below /api/v1 every error has a code.
    if (status === 404 && answer.body.code === undefined) {
      return { ...answer, advice: "that server is older than this program and has no /api/v1" };
    }
    const wait = headers.get("Retry-After");
    if (status === 429 && wait !== null && /^\d+$/.test(wait)) {
      return { ...answer, advice: `try again in ${plural(Number(wait), "second")}` };
    }
    return status === 401
      ? { ...answer, advice: `the variable ${tokenVariable()} holds the token that is sent` }
      : answer;
  }

  const noAnswer = (error: unknown) =>
    new Failure(`Cannot ask the server at ${base}: ${reasonOf(error)}`);

  return {
    place,
    isRemote: true,
    seconds: (operation) => Promise.resolve(secondsFor(operation) || undefined),
    async ask(operation, input) {
      const seconds = secondsFor(operation);
      const signal = seconds > 0
        ? AbortSignal.timeout(Math.min(seconds * 1000, LONGEST))
        : undefined;
      const asked = send(operation, input, signal)
        .then(async (response) => ({ response, answer: await answerOf(response) }));
      const { response, answer } = await asked.catch((error: unknown) => {
        if (signal?.aborted) throw unanswered(base, operation, input, seconds);
        throw noAnswer(error);
      });
      if (signal?.aborted && answer === undefined) {
        throw unanswered(base, operation, input, seconds);
      }
      return advised(response, answer, !changesNothing(operation, input));
    },
    async follow(operation, input, gone) {
      const seconds = secondsFor(operation);
      const isWrite = !changesNothing(operation, input);
      const silence = new Silence(seconds);
      const signal = AbortSignal.any([gone, silence.signal]);
      const whyCut = (error?: unknown) => {
        if (silence.signal.aborted) return unanswered(base, operation, input, seconds);
        return error instanceof Failure ? error : cut(base, operation, input);
      };
      const asked = send(operation, input, signal, { Accept: "application/x-ndjson" })
        .then(async (response) => ({
          response,
          answer: isStream(response) ? undefined : await answerOf(response),
        }));
      const { response, answer } = await asked.catch((error: unknown) => {
        silence.end();
        throw signal.aborted ? whyCut() : noAnswer(error);
      });
      if (!isStream(response) || !response.headers.has("X-Request-Id")) {
        silence.end();
        if (silence.signal.aborted && answer === undefined) throw whyCut();
        const advice = advised(response, answer, isWrite);
        return eventsIn(advice) ?? advice;
      }
      return readEvents(response, {
        onRead: () => silence.begin(),
        onEnd: () => silence.end(),
        strange: () => strange({ place }, response, isWrite),
        whyCut,
      });
    },
    close() {
      client.close();
      return Promise.resolve();
    },
  };
}

/** What a response has for an answer; `undefined` when it is none of this program's. */
async function answerOf(response: Response): Promise<Answer | undefined> {
  try {
    const body: unknown = await response.json();
    if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
    return { status: response.status, body: body as Answer["body"] };
  } catch {
    return undefined;
  }
}

/** Milliseconds of the longest timer; one that is longer would end at once. */
const LONGEST = 2 ** 31 - 1;

/** Aborts when nothing has come for so long; each time that something comes it begins anew. */
class Silence {
  readonly #aborter = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param seconds 0 for as long as it takes */
  constructor(readonly seconds: number) {
    this.begin();
  }

  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  begin(): void {
    this.end();
    if (this.seconds === 0) return;
    const milliseconds = Math.min(this.seconds * 1000, LONGEST);
    this.#timer = setTimeout(() => this.#aborter.abort(), milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Says what may have come of it, and what to do. */
function unanswered(base: string, operation: Operation, input: Input, seconds: number) {
  const within = `no answer came within ${seconds} seconds`;
  return new Failure(
    changesNothing(operation, input)
      ? `Cannot ask the server at ${base}: ${within}; see that it is the server that listens ` +
        "there, or wait longer with --request-timeout"
      : `Cannot tell what the server at ${base} has done: ${within}. It may do it all the same: ` +
        `${againOf(operation)}, or wait longer with --request-timeout`,
  );
}

/** The same of an answer that ended before its end. */
function cut(base: string, operation: Operation, input: Input) {
  return new Failure(
    changesNothing(operation, input)
      ? `Cannot ask the server at ${base}: the connection was lost before the answer was complete`
      : `Cannot tell what the server at ${base} has done: the connection was lost before the ` +
        `answer was complete. ${againOf(operation).replace(/^./, (c) => c.toUpperCase())}`,
  );
}

/** What to do where it is not known what was done. */
const againOf = ({ clusters }: Operation) =>
  clusters === "many"
    ? "send the same again, which goes on where this ended"
    : "look with 'secrets' before you send it again";
