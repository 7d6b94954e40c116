import type { Outcome } from "../audit/entry.ts";
import { declaredHints } from "../credentials/expiry/expiry.ts";
import { earlierOf } from "../fleet/rotation/earlier.ts";
import { RotationRefused } from "../fleet/rotation/refusal.ts";
import type { RotationRequest } from "../fleet/rotation/request.ts";
import { rotate, type RotationDeps, type RotationResult } from "../fleet/rotation/rotate.ts";
import type { RotationCluster } from "../fleet/rotation/shapes.ts";
import { verifyNewValue } from "../fleet/rotation/verify_new.ts";
import { wasFound } from "../fleet/rotation/was_found.ts";
import { plural } from "../text/plural.ts";
import { mayUseCluster } from "../tokens/rights.ts";
import { Envelope } from "./error_answers.ts";
import { assertFingerprintsMatch } from "./fingerprints_match.ts";
import type { FleetEvent } from "./fleet_answers.ts";
import { CLUSTER_FAILS, errors, json, taking } from "./openapi/content.ts";
import type { CommandHelp, Done, FleetContext, OperationModule } from "./operation.ts";
import { parseBody } from "./parse.ts";
import { rotationAnswer } from "./respond/rotation.ts";
import { clusterEvent, rotationCluster } from "./respond/rotation_cluster.ts";
import {
  CannotHoldAnswer,
  FirstNotFoundAnswer,
  NotAcceptedByPlaces,
  NotSeenAnswer,
  Rotation,
  RotationEventLine,
  RunningAnswer,
} from "./rotation_answers.ts";
import { rotationRefused } from "./rotation_errors.ts";
import { visibleTo } from "./show_rotation.ts";
import { ROTATION_EXAMPLES } from "./rotation_examples.ts";
import { ROTATION_BODY, rotationFields as fields } from "./schemas/rotation.ts";

export { fields };

export const command: CommandHelp = {
  full:
    "Finds the old credential on the selected clusters, verifies the new one once per place where it " +
    "will be used, replaces the old one (all-or-nothing per cluster), and then searches all clusters " +
    "for the old one again. To resume an interrupted rotation, run the same command again. To roll " +
    "back, run it with the two values swapped.\n\n" +
    "On a terminal, the plan is shown first and must be confirmed; in a script, --yes is required. One " +
    "of the two values can come from standard input. One line break at the end of a password or token " +
    "is removed.",
  exitCodes:
    "0: everything was rotated and the old value is safe to revoke, or it was a dry run; 1: nothing was " +
    "rotated, or the plan was not confirmed; 2: wrong usage; 3: not everything was rotated, or the old " +
    "value is not safe to revoke yet; 130: interrupted by Ctrl-C",
  examples: [
    [
      "--old-password-file old --password-file new --all-clusters --dry-run",
      "Show where the old token is stored, and the plan",
    ],
    [
      "--old-password-file old --password-stdin --cluster 'prod-*' --first prod-eu --yes < new",
      "Rotate one cluster first, and the others if it succeeds",
    ],
    [
      "--registry ghcr.io --old-username ci --password-stdin --all-clusters --everywhere --yes < new",
      "Replace the token of one registry user, also in pull secrets that other tools wrote",
    ],
  ],
  groups: { old: ["find"], credential: ["set", "verify", "allow_untried", "expires"] },
  questions: { "set.password": "New password" },
};

export const describe: OperationModule["describe"] = () => ({
  about:
    "Finds the old value, verifies the new one once at each distinct place, writes all-or-nothing per cluster " +
    "and only to the versions that were read, to the clusters of `first` first, and searches all clusters " +
    "for the old value again. If a place refuses the new value, nothing is written. The same request " +
    "again continues: secrets that already hold the new value are `unchanged`.",
  request: taking(ROTATION_BODY, ROTATION_EXAMPLES),
  answers: {
    200: { ...json("No cluster failed", Rotation), event: RotationEventLine },
    207: json("Some clusters failed or were skipped", Rotation),
    400: json(
      "The body is not a JSON object, a field is missing or invalid, both values are the same, or a " +
        "place cannot hold the new one; nothing is changed",
      CannotHoldAnswer,
      Envelope,
      Rotation,
    ),
    409: json(
      "Clusters could not be read, a cluster of `first` has nothing to rotate, or a rotation of " +
        "the same value is running; nothing is changed",
      NotSeenAnswer,
      FirstNotFoundAnswer,
      RunningAnswer,
      Envelope,
      Rotation,
    ),
    422: json(
      "The new value is refused at a place, or cannot be verified there; nothing is changed",
      NotAcceptedByPlaces,
      Envelope,
    ),
    ...errors(CLUSTER_FAILS, Rotation),
  },
});

/** A unique id; the ids of its writes begin with it. */
const newId = () => `rotation-${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;

export const take: OperationModule["take"] = ({ query, body }) => {
  const { selection, hints: ofSet, request: asked } = parseBody(query, body, ROTATION_BODY);
  const request: RotationRequest = { rotation: newId(), ...asked };
  const { rotation, dryRun, force, everywhere, set } = request;
  const hints = [...ofSet, ...declaredHints(request.expires)];
  return {
    selection,
    byArgocd: true,
    id: rotation,
    attempt: {
      dryRun,
      // The response shows whether a guess of the old value is right.
      tries: 1,
      of: (writer, clusters) => ({
        ...writer,
        ...{ kind: "rotate", rotation, clusters, names: [], namespaces: [] },
        ...{ upsert: true, force, dryRun, everywhere },
      }),
      credentials: set.value,
    },
    steps: (context) => steps(request, hints, context),
  };
};

async function* steps(
  request: RotationRequest,
  hints: readonly string[],
  context: FleetContext,
): AsyncGenerator<FleetEvent, Done, void> {
  const { rotation, maxFailures, dryRun } = request;
  const { wantsEvents, writer: { actor: { name: by } } } = context;
  if (request.sought.by === "fingerprint") await assertFingerprintsMatch(context);
  const started = new Date().toISOString();
  const clusters: RotationCluster[] = [];
  try {
    const all = rotate(request, depsOf(context));
    let next = await all.next();
    for (; next.done !== true; next = await all.next()) {
      const step = next.value;
      if (step.step === "started") {
        const { names } = step;
        yield { event: "started", clusters: names.length, names, ...{ rotation } };
      } else {
        clusters.push(step.cluster);
        yield clusterEvent(step.cluster);
      }
    }
    const end = next.value;
    const ended = new Date().toISOString();
    const state = dryRun ? "planned" as const : "done" as const;
    const names = context.chosen.map(({ name }) => name);
    const result = { rotation, state, started, ended, by, names, clusters, replaces: [], ...end };
    const record = context.rotations.get(rotation) ?? result;
    const { auditLog, fingerprintsEnd } = context;
    const hasAuditLog = dryRun || auditLog !== undefined;
    const remembers = { hasAuditLog, fingerprintsEnd };
    const more = [...hints, ...request.expires === undefined ? [] : expiryHints(clusters)];
    return {
      outcome: outcomeOf(clusters, end, dryRun),
      reply: () => rotationAnswer(record, { hints: more, isStreamed: wantsEvents, ...remembers }),
    };
  } catch (error) {
    if (error instanceof RotationRefused) {
      const isShown = (id: string) => {
        const running = context.rotations.get(id);
        return running !== undefined && visibleTo(context.identity, running) !== undefined;
      };
      throw rotationRefused(error.refusal, { maxFailures, isShown });
    }
    throw error;
  }
}

/** A secret that already has the new value is not written, so that its declared expiry stays as it is. */
function expiryHints(clusters: readonly RotationCluster[]): string[] {
  const unchanged = clusters.flatMap(({ secrets }) => secrets)
    .filter(({ output }) => / unchanged\b/.test(output)).length;
  return unchanged === 0 ? [] : [
    `The declared expiry was not stored in ${
      plural(unchanged, "secret")
    } with the new value already`,
  ];
}

function depsOf(context: FleetContext): RotationDeps {
  const { chosen, each, all, fingerprint, rotations, begin, identity, auditLog, onBug } = context;
  const { writer: { actor }, verifyOne: verify, checks: memory, isStopped } = context;
  const whyStopped = () =>
    isStopped()
      ? "The request was stopped before this check (server shutdown or client disconnect)"
      : undefined;
  const isSeen = (cluster: string) => mayUseCluster(identity, cluster);
  const memories = { rotations, auditLog, isSeen };
  const deps = { verify, memory, whyStopped, fingerprint };
  return {
    ...{ chosen, each, all, fingerprint, rotations, begin, onBug, by: actor.name },
    verifyAll: (tries, isDryRun) => verifyNewValue(tries, isDryRun, deps),
    wasFound: (values, key) => wasFound(values, key, memories),
    earlier: (same) => earlierOf(same, memories),
    shown: (result) => rotationCluster(result, context),
  };
}

/** The outcome of the whole rotation for the audit log. */
function outcomeOf(
  clusters: readonly RotationCluster[],
  { proof: { safe_to_revoke, reasons = [], old_value }, wasFound }: RotationResult,
  dryRun: boolean,
): Outcome {
  const counts = Object.fromEntries(
    [...Map.groupBy(clusters, ({ status }) => status)].map(([status, of]) => [status, of.length]),
  );
  const succeeded = clusters.filter(({ status_code }) => status_code < 400).length;
  const outcome = dryRun
    ? "planned"
    : succeeded === 0
    ? "failed"
    : succeeded < clusters.length
    ? "mixed"
    : "rotated" in counts
    ? "rotated"
    : "unchanged" in counts
    ? "unchanged"
    : "not_found";
  const codes = reasons.map(({ code }) => code);
  const said = {
    outcome,
    counts,
    safe_to_revoke,
    ...wasFound && { replaces: old_value.fingerprints },
  };
  return { ...said, ...codes.length === 0 ? {} : { refusals: codes } };
}
