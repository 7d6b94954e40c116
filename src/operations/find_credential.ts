import { findPlaces } from "../credentials/rotation/find.ts";
import type { Sought } from "../credentials/rotation/sought.ts";
import { FIND_EXAMPLES } from "./examples.ts";
import { FoundAnswer, FoundEventLine } from "./find_answers.ts";
import { assertFingerprintsMatch } from "./fingerprints_match.ts";
import type { ClusterEntry } from "./fleet_answers.ts";
import { CLUSTER_FAILS, errors, json, taking } from "./openapi/content.ts";
import type { CommandHelp, FleetContext, FleetSteps, OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import {
  countedAnswer,
  everywhereAnswer,
  foundAnswer,
  type FoundInCluster,
  type NotSeen,
  notSeenOf,
} from "./respond/found.ts";
import { type EntryOutcome, outcomeOf } from "./respond/fleet.ts";
import { FIND_BODY, findFields as fields, type ToFind } from "./schemas/find.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Looks for one value in Argo CD's secrets (repositories, templates, clusters) and in pull secrets: " +
    "passwords, tokens and keys, also inside `auth`, and in the user information of URLs. `--everywhere` looks " +
    "into all pull secrets, whatever their labels. Nothing is changed. Not looked at are other Opaque " +
    "secrets, ConfigMaps, environments of pods, and Git.",
  exitCodes:
    "0: found nowhere, and everything was seen; 4: found; 3: found nowhere, but not everything " +
    "was seen, or the server's fingerprints end with it; 1: refused, or no cluster was seen",
  examples: [
    ["--password-stdin --everywhere < token", "Where a leaked token stands, on all clusters"],
    ["--fingerprint 5b0c8f2e5b0c8f2e -o wide", "Where the value of this fingerprint stands"],
    [
      "--ssh-private-key-file key.pem --selector env=prod",
      "Where a deploy key stands, on some clusters",
    ],
  ],
  first: ["password"],
  groups: { how: ["everywhere"] },
  questions: { password: "Value to look for" },
};

export const describe: OperationModule["describe"] = () => ({
  about:
    "Looks for one value, or for that of a fingerprint, in all keys of Argo CD's repositories, " +
    "templates, write credentials and clusters, in each entry of pull secrets (password, token and `auth`), and " +
    "in the user information of URLs. With `everywhere` in all secrets of types dockerconfigjson and " +
    "dockercfg, else in those with a docker label. Not looked at are other Opaque secrets, ConfigMaps, " +
    "environments of pods, and Git. It tells whether a guess is right, so 10 a minute are allowed for " +
    "each token, or without tokens for each address, and each is on the audit log.",
  request: taking(FIND_BODY, FIND_EXAMPLES),
  answers: {
    200: { ...json("All of all clusters was seen", FoundAnswer), event: FoundEventLine },
    207: json("Some of it was, and `not_seen` says what was not, and why", FoundAnswer),
    ...errors({ 400: "The body is no JSON object, or a field is missing, unknown or invalid" }),
    ...errors(CLUSTER_FAILS, FoundAnswer),
  },
});

export const take: OperationModule["take"] = ({ query, body }) => {
  const asked = parseBody(query, body, FIND_BODY);
  const { selection, credential, fingerprint } = asked;
  return {
    selection,
    looksByArgocd: true,
    attempt: {
      dryRun: false,
      tries: 1,
      limit: "finds",
      of: (writer, clusters) => ({
        ...writer,
        ...{ kind: "find", clusters, names: [], namespaces: [], upsert: false, force: false },
        ...fingerprint !== undefined && { fingerprint },
      }),
      ...credential && { credentials: credential },
    },
    steps: (context) => findSteps(asked, context),
  };
};

/** Whether the value was given with white space around it, in each form in which it may be stored. */
const isPadded = (sought: Sought) =>
  sought.by === "value" && [...sought.forms.reveal()].every((form) => form !== form.trim());

const PADDED =
  "The value that was given has white space around it: places that hold it without are " +
  "`padded`, too. If that does not belong to it, give it without";

async function* findSteps(
  { sought, fingerprint, everywhere }: ToFind,
  { chosen, each, entryOf, begin, wantsEvents, ...context }: FleetContext,
): FleetSteps {
  await begin();
  const isByFingerprint = fingerprint !== undefined;
  if (isByFingerprint) await assertFingerprintsMatch(context);
  const names = chosen.map(({ name }) => name);
  yield { event: "started", clusters: names.length, names };
  const found = each(chosen, {
    act: async ({ store, settings, seconds, fingerprint }) =>
      await findPlaces([sought], { store, settings, seconds, fingerprint }, { everywhere }),
  });
  const entries: ClusterEntry[] = [];
  const told: EntryOutcome[] = [];
  const notSeen: NotSeen[] = [];
  let total = 0;
  for await (const ended of found) {
    const entry = entryOf(ended, (found) => foundAnswer(ended.cluster.name, found));
    yield { event: "cluster", ...entry };
    if (ended.kind === "done") total += (entry.answer as FoundInCluster).places.length;
    notSeen.push(...notSeenOf(entry));
    if (wantsEvents) told.push(outcomeOf(entry));
    else entries.push(entry);
  }
  const ends = isByFingerprint && context.fingerprintsEnd !== undefined;
  const more = {
    everywhere,
    ...ends && { fingerprints_end: context.fingerprintsEnd },
    ...isPadded(sought) && { hint: PADDED },
  };
  return {
    outcome: {
      outcome: total > 0 ? "found" : notSeen.length > 0 ? "not_all_seen" : "not_found",
      counts: { places: total, not_seen: notSeen.length },
    },
    reply: () =>
      wantsEvents
        ? countedAnswer(told.sort(byCluster), notSeen.sort(byCluster), total, more)
        : everywhereAnswer(entries.sort(byCluster), more),
  };
}

const byCluster = (a: { readonly cluster: string }, b: { readonly cluster: string }) =>
  a.cluster < b.cluster ? -1 : 1;
