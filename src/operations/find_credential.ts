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
  notSeenOf,
  type UnseenCluster,
} from "./respond/found.ts";
import { type EntryOutcome, outcomeOf } from "./respond/fleet.ts";
import { FIND_BODY, findFields as fields, type ToFind } from "./schemas/find.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Searches Argo CD's secrets (repositories, templates, clusters) and pull secrets for one value: " +
    "passwords, tokens and keys, also inside `auth` and in the user information of URLs. With " +
    "`--everywhere`, all pull secrets are searched, whatever their labels. Other secrets (such as Opaque " +
    "or basic-auth), ConfigMaps, pod environments and Git are not searched. Nothing is changed.",
  exitCodes:
    "0: not found, and everything was searched; 1: the request was rejected, or no cluster was searched; " +
    "3: not found, but not everything was searched, or the server has no persistent fingerprint key; " +
    "4: found",
  examples: [
    ["--password-stdin --everywhere < token", "Find a leaked token on all clusters"],
    ["--fingerprint 5b0c8f2e5b0c8f2e -o wide", "Find the value with this fingerprint"],
    [
      "--ssh-private-key-file key.pem --selector env=prod",
      "Find a deploy key on some clusters",
    ],
  ],
  first: ["password"],
  groups: { how: ["everywhere"] },
  questions: { password: "Value to look for" },
};

export const describe: OperationModule["describe"] = () => ({
  about:
    "Searches for one value, or for the value of a fingerprint, in all keys of Argo CD's repositories, " +
    "templates, write credentials and clusters, in each entry of pull secrets (password, token and `auth`), and " +
    "in the user information of URLs. Pull secrets are those with a docker label; with `everywhere`, all " +
    "secrets of types dockerconfigjson and dockercfg. Other secrets (such as Opaque or basic-auth), " +
    "ConfigMaps, environments of pods and Git are not searched. A search shows whether a guess is right, so " +
    "the limit is 10 per minute for each token, or without tokens for each address, and every search is in " +
    "the audit log.",
  request: taking(FIND_BODY, FIND_EXAMPLES),
  answers: {
    200: { ...json("All clusters were read completely", FoundAnswer), event: FoundEventLine },
    207: json(
      "Some clusters were not read completely; `not_seen` lists them with the reasons",
      FoundAnswer,
    ),
    ...errors({ 400: "The body is not a JSON object, or a field is missing, unknown or invalid" }),
    ...errors(CLUSTER_FAILS, FoundAnswer),
  },
});

export const take: OperationModule["take"] = ({ query, body }) => {
  const asked = parseBody(query, body, FIND_BODY);
  const { selection, credential, fingerprint } = asked;
  return {
    selection,
    byArgocd: true,
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

/** Whether the value was sent with white space around it, in every form that may be stored. */
const isPadded = (sought: Sought) =>
  sought.by === "value" && [...sought.forms.reveal()].every((form) => form !== form.trim());

const PADDED =
  "The value has white space around it; places that store it without are `padded`, too. Remove the white " +
  "space if it is not part of the value";

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
  const outcomes: EntryOutcome[] = [];
  const notSeen: UnseenCluster[] = [];
  let total = 0;
  for await (const ended of found) {
    const entry = entryOf(ended, (found) => foundAnswer(ended.cluster.name, found));
    yield { event: "cluster", ...entry };
    if (ended.kind === "done") total += (entry.answer as FoundInCluster).places.length;
    notSeen.push(...notSeenOf(entry));
    if (wantsEvents) outcomes.push(outcomeOf(entry));
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
        ? countedAnswer(outcomes.sort(byCluster), notSeen.sort(byCluster), total, more)
        : everywhereAnswer(entries.sort(byCluster), more),
  };
}

const byCluster = (a: { readonly cluster: string }, b: { readonly cluster: string }) =>
  a.cluster < b.cluster ? -1 : 1;
