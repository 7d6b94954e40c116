import { tryOnce } from "../credentials/checks/try_once.ts";
import { Tries } from "../credentials/checks/tries.ts";
import { type CheckCell, type CheckRequest, collectTries } from "../fleet/checks/collect.ts";
import { Checks, ChecksEventLine } from "./check_answers.ts";
import { OperationError } from "./errors.ts";
import { CHECK_EXAMPLES } from "./examples.ts";
import { CLUSTER_FAILS, errors, json, taking } from "./openapi/content.ts";
import type { FleetEvent } from "./fleet_answers.ts";
import type { CommandHelp, FleetContext, OperationModule, TakenOfFleet } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { checksAnswer, outcomeOfChecks, readAnswer } from "./respond/checks.ts";
import { type EntryOutcome, outcomeOf } from "./respond/fleet.ts";
import { type NotSeen, notSeenIn } from "./respond/found.ts";
import { CHECK_BODY, checkFields as fields } from "./schemas/checks.ts";
import { askedSelection } from "./target.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Each credential is tried once at each place where it is used, not once per cluster, as `verify` " +
    "does it: nothing is written. A login that was refused is not tried again within 24 hours, since " +
    "accounts get locked; the server remembers the results, and `fleet` shows them.",
  exitCodes:
    "0: none was refused, and every cluster and place was reached; 4: some were refused; 3: none was, " +
    "but not every cluster or place was reached; 1: no cluster was",
  examples: [
    ["", "All credentials of all clusters"],
    ["--selector env=prod", "Those of some clusters"],
    ["--id docker/ghcr", "One row of `fleet`, by its id"],
  ],
};

const ABOUT =
  "Tries what is stored where it is used, each distinct value and place once, however many clusters have " +
  "it: a few hosts at a time, each place of a host after the other. A host that does not answer is asked " +
  "once more. A login that a server answered with 401 or 403 is not shown to it again within 24 hours, by " +
  "whatever request but `POST /verifications`: its result is `remembered`. Results are kept in memory for " +
  "24 hours, and `GET /credentials` has them in its cells. It counts as one try of 60 a minute.";

export const describe: OperationModule["describe"] = () => ({
  about: ABOUT,
  request: taking(CHECK_BODY, CHECK_EXAMPLES),
  answers: {
    200: {
      ...json("All clusters were read, whatever came of the tries", Checks),
      event: ChecksEventLine,
    },
    207: json("Some of them were, and `not_seen` says why the others were not", Checks),
    ...errors({ 400: "A field is missing or invalid", 404: "No row has the id" }),
    ...errors(CLUSTER_FAILS, Checks),
  },
});

export const take: OperationModule["take"] = ({ query, body }) => {
  const { id, everywhere, ...which } = parseBody(query, body, CHECK_BODY);
  const request = { id, everywhere };
  return {
    selection: askedSelection(which, "field"),
    looksByArgocd: true,
    attempt: {
      dryRun: false,
      // Of values that are stored already nobody can guess one after the other.
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
): ReturnType<TakenOfFleet["steps"]> {
  const { chosen, checks: memory, verifyOne: verify, fingerprint, fingerprintsEnd } = context;
  await context.begin();
  const started: FleetEvent = {
    event: "started",
    clusters: chosen.length,
    names: chosen.map(({ name }) => name),
  };
  // Of an id that is of no row it is told before anything else.
  const held: FleetEvent[] = [];
  const isHeld = request.id !== undefined;
  if (!isHeld) yield started;
  const tries = new Tries<CheckCell>({ memory, fingerprint });
  const entries: EntryOutcome[] = [];
  const notSeen: NotSeen[] = [];
  let secrets = 0;
  const read = context.each(chosen, {
    act: async (deps, { name }) =>
      await collectTries(name, request, tries, { ...deps, seconds: deps.settings.seconds }),
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
  const places = await tryOnce(tries.all(), { verify, memory, whyStopped: stopping(context) });
  return {
    outcome: outcomeOfChecks(places),
    reply: () => checksAnswer({ places, entries, notSeen, fingerprintsEnd }),
  };
}

/** Milliseconds for trying, in all. */
const MOST = 5 * 60_000;

/** Why no further place is asked. */
function stopping({ isStopped }: FleetContext): () => string | undefined {
  const until = Date.now() + MOST;
  return () =>
    isStopped()
      ? "the request ended before its turn"
      : Date.now() > until
      ? "there was no time left; what was never tried comes first in the next request"
      : undefined;
}
