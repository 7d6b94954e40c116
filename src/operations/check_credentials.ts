import { runChecks } from "../credentials/checks/run_checks.ts";
import { PendingChecks } from "../credentials/checks/pending_checks.ts";
import { type CheckCell, type CheckRequest, collectChecks } from "../fleet/checks/collect.ts";
import { Checks, ChecksEventLine } from "./check_answers.ts";
import { OperationError } from "./errors.ts";
import { CHECK_EXAMPLES } from "./examples.ts";
import { CLUSTER_FAILS, errors, json, taking } from "./openapi/content.ts";
import type { FleetEvent } from "./fleet_answers.ts";
import type { CommandHelp, FleetContext, OperationModule, SelectionCall } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { checksAnswer, outcomeOfChecks, readAnswer } from "./respond/checks.ts";
import { type EntryOutcome, outcomeOf } from "./respond/fleet.ts";
import { notSeenIn, type UnseenCluster } from "./respond/found.ts";
import { CHECK_BODY, checkFields as fields } from "./schemas/checks.ts";
import { askedSelection } from "./target.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Verifies each credential once per place where it is used, not once per cluster, in the same way " +
    "as `verify`. A login that was refused is not sent again for 24 hours, because repeated " +
    "failures can lock the account. The server keeps the results in memory, and `fleet` shows them.",
  exitCodes:
    "0: no credential was refused, and every cluster and place was reached; 1: no cluster was reached; " +
    "3: none was refused, but some clusters or places were not reached; 4: some credentials were refused",
  examples: [
    ["", "Check all credentials on all clusters"],
    ["--selector env=prod", "Check the credentials on some clusters"],
    ["--id docker/ghcr", "Check one row of `fleet`, by its ID"],
  ],
  groups: { which: ["id"], how: ["everywhere"] },
};

const ABOUT =
  "Verifies stored credentials where they are used, each distinct value and place once, however many " +
  "clusters have it: a few hosts concurrently, the places of a host one after the other. A host that does " +
  "not answer gets one retry; after that, or after status 429, it gets no request for a while. A login that a " +
  "server refused with 401 or 403 is not sent again within 24 hours, except by `POST /api/v1/verifications`: its " +
  "result is `cached`. Results are kept in memory for 24 hours, and `GET /api/v1/credentials` shows them in its " +
  "cells. A request counts as one of the 60 verifications per minute.";

export const describe: OperationModule["describe"] = () => ({
  about: ABOUT,
  request: taking(CHECK_BODY, CHECK_EXAMPLES),
  answers: {
    200: {
      ...json("All clusters were read completely, whatever the results of the checks", Checks),
      event: ChecksEventLine,
    },
    207: json(
      "Some clusters were not read completely; `not_seen` lists them with the reasons",
      Checks,
    ),
    ...errors({ 400: "A field is missing or invalid", 404: "No credential has this ID" }),
    ...errors(CLUSTER_FAILS, Checks),
  },
});

export const take: OperationModule["take"] = ({ query, body }) => {
  const { id, everywhere, ...which } = parseBody(query, body, CHECK_BODY);
  const request = { id, everywhere };
  return {
    selection: askedSelection(which, "field"),
    byArgocd: true,
    attempt: {
      dryRun: false,
      // Stored values are no guesses of the caller.
      tries: 1,
      of: (writer, clusters) => ({
        ...writer,
        kind: "check",
        clusters,
        names: [],
        namespaces: [],
        upsert: false,
        force: false,
      }),
    },
    steps: (context) => steps(request, context),
  };
};

async function* steps(
  request: CheckRequest,
  context: FleetContext,
): ReturnType<SelectionCall["steps"]> {
  const { chosen, checks: memory, verifyOne: verify, fingerprint, fingerprintsEnd } = context;
  await context.begin();
  const started: FleetEvent = {
    event: "started",
    clusters: chosen.length,
    names: chosen.map(({ name }) => name),
  };
  // An unknown id is an error, so the events wait until the id is found.
  const held: FleetEvent[] = [];
  const isHeld = request.id !== undefined;
  if (!isHeld) yield started;
  const tries = new PendingChecks<CheckCell>({ memory, fingerprint });
  const entries: EntryOutcome[] = [];
  const notSeen: UnseenCluster[] = [];
  let secrets = 0;
  const read = context.each(chosen, {
    act: async (deps, { name }) =>
      await collectChecks(name, request, tries, { ...deps, seconds: deps.settings.seconds }),
  });
  for await (const ended of read) {
    const { cluster: { name } } = ended;
    const entry = context.entryOf(ended, (collected) => readAnswer(name, collected));
    const event: FleetEvent = { event: "cluster", ...entry };
    if (isHeld) held.push(event);
    else yield event;
    entries.push(outcomeOf(entry));
    if (ended.kind === "done") {
      secrets += ended.outcome.secrets;
      notSeen.push(...notSeenIn(name, ended.outcome));
    } else {
      notSeen.push({ cluster: name, status: ended.status, message: ended.message });
    }
  }
  if (isHeld) {
    if (secrets === 0 && notSeen.length === 0) throw new OperationError("credential_not_found", {});
    yield* [started, ...held];
  }
  const places = await runChecks(tries.all(), { verify, memory, whyStopped: stopping(context) });
  return {
    outcome: outcomeOfChecks(places),
    reply: () => checksAnswer({ places, entries, notSeen, fingerprintsEnd }),
  };
}

/** Milliseconds for all checks together. */
const MOST = 5 * 60_000;

/** Why no further place is checked; `undefined` to go on. */
function stopping({ isStopped }: FleetContext): () => string | undefined {
  const until = Date.now() + MOST;
  return () =>
    isStopped()
      ? "The request was stopped before this check"
      : Date.now() > until
      ? "The time limit was reached before this check. The next request starts with what was never checked"
      : undefined;
}
