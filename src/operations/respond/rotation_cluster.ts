import { errorReply } from "../errors.ts";
import type { ClusterEntry, FleetEvent } from "../fleet_answers.ts";
import type { FleetContext } from "../operation.ts";
import type { Json } from "../reply.ts";
import { writeFailed } from "../cluster_errors.ts";
import { refusedError } from "../refusal_errors.ts";
import type { RotationVerdict } from "../../credentials/rotation/carry_out.ts";
import type { FoundPlace } from "../../credentials/rotation/find.ts";
import type { LeftEntry } from "../../credentials/rotation/left.ts";
import type { RotationPlan } from "../../credentials/rotation/plan.ts";
import { refKey, type SecretRef } from "../../kube/store.ts";
import type { ClusterResult } from "../../fleet/rotation/results.ts";
import type { LeftSecret, RotatedSecret, RotationCluster } from "../../fleet/rotation/shapes.ts";
import { applied } from "./written.ts";

/** The result of a rotation on one cluster. */
export function rotationCluster(
  result: ClusterResult,
  { entryOf }: Pick<FleetContext, "entryOf">,
): RotationCluster {
  const { cluster } = result;
  const first = cluster.isFirst ? { first: true } as const : {};
  switch (result.kind) {
    case "nothing": {
      const { ended, plan } = result;
      const left = plan === undefined ? [] : leftSecrets(plan.left);
      const { answer, ...entry } = entryOf(ended, NO_ANSWER);
      return { ...entry, status: ended.kind, ...first, secrets: [], left, answer };
    }
    case "settled": {
      const { plan } = result;
      const secrets = unchangedSecrets(plan);
      const status = secrets.length === 0 ? "not_found" : "unchanged";
      const entry = entryOf({ kind: "done", cluster, outcome: {} }, NO_ANSWER);
      return { ...withoutAnswer(entry), status, ...first, secrets, left: leftSecrets(plan.left) };
    }
    case "written": {
      const { plan, result: { verdict, status, left } } = result;
      const all = leftSecrets([...plan.left, ...left]);
      const made = answerOf(cluster.name, verdict);
      const entry = entryOf({ kind: "done", cluster, outcome: {} }, () => made);
      if (verdict.kind !== "written") {
        const { answer } = entry;
        return { ...withoutAnswer(entry), status, ...first, secrets: [], left: all, answer };
      }
      const keys = new Map(plan.toRotate.map((each) => [refKey(each.secret), keysOf(each.places)]));
      const written = verdict.secrets.map((secret): RotatedSecret => {
        const { output, changes } = applied(secret);
        const of = keys.get(refKey(secret)) ?? [];
        return {
          ...refOnly(secret),
          keys: of,
          output,
          ...changes === undefined ? {} : { changes },
        };
      });
      const secrets = [...written, ...unchangedSecrets(plan)];
      const hints = written.length === 0 ? [] : plan.toRotate.flatMap((each) => each.hints);
      const more = hints.length === 0 ? {} : { hints };
      return { ...withoutAnswer(entry), status, ...first, secrets, left: all, ...more };
    }
  }
}

const NO_ANSWER = (): Json => ({ status: 200, body: {} });

/** The entry of a success has no answer. */
function withoutAnswer({ answer: _, ...entry }: ClusterEntry) {
  return entry;
}

const refOnly = ({ namespace, name }: SecretRef) => ({ namespace, name });

function answerOf(cluster: string, verdict: RotationVerdict["verdict"]): Json {
  if (verdict.kind === "written") return NO_ANSWER();
  const error = verdict.kind === "refused"
    ? refusedError(verdict, { by: "body", argocdNamespace: undefined })
    : writeFailed(verdict, { cluster });
  return errorReply(error, "v1", "POST");
}

const keysOf = (places: readonly FoundPlace[]) => [...new Set(places.map(({ place }) => place))];

const unchangedSecrets = ({ unchanged }: RotationPlan): RotatedSecret[] =>
  unchanged.map(({ keys, ...ref }) => ({
    ...refOnly(ref),
    keys,
    output: `secret/${ref.name} unchanged`,
  }));

const leftSecrets = (left: readonly LeftEntry[]): LeftSecret[] =>
  left.map(({ namespace, name, keys, reason, message, remedy }) => ({
    ...{ namespace, name, keys, reason, message, remedy },
  }));

/** An event of the stream; as for any operation, the answer of a failure is the error. */
export function clusterEvent(result: RotationCluster): FleetEvent {
  const { cluster, status_code, transport, same_server_as, answer: error, ...rest } = result;
  const entry = {
    cluster,
    status_code,
    answer: error === undefined ? { cluster, ...rest } : { ...error, left: rest.left },
    ...transport === undefined ? {} : { transport },
    ...same_server_as === undefined ? {} : { same_server_as: [...same_server_as] },
  };
  return { event: "cluster", ...entry };
}
