import pLimit from "p-limit";
import { isObject } from "../../text/json.ts";
import {
  ARGOCD_SELECTOR,
  type ArgocdDeployment,
  argocdVersionOf,
  COMPONENT_LABEL,
  VERSION_LABEL,
} from "../argocd_version.ts";
import { type ClusterProbe, probing, REVIEW, reviewOf, versionIn } from "../probe.ts";
import { errorOf } from "../reasons.ts";
import { DEPLOYMENT_TABLE, REVIEW_ANSWER, VERSION_ANSWER } from "../shapes.ts";
import { AS_TABLE } from "./lists.ts";
import type { ApiSend } from "./send.ts";

/** Concurrent access reviews per cluster. */
const AT_ONCE = 4;

const REVIEWS = `/apis/${REVIEW.apiVersion}/selfsubjectaccessreviews`;

/** A {@link ClusterProbe} over HTTPS, on the connections of the store. */
export function apiProbe(
  send: ApiSend,
  cluster: string,
  credentialExpires: ClusterProbe["credentialExpires"],
): ClusterProbe {
  return {
    async version(deadline) {
      const answer = await send({ method: "GET", path: "/version" }, VERSION_ANSWER, deadline);
      if (!answer.ok) throw errorOf(cluster, probing.version, answer.report);
      const skew = skewOf(answer.date, Date.now());
      return {
        version: versionIn(answer.body),
        ...skew === undefined ? {} : { clockSkewSeconds: skew },
      };
    },
    access(questions, deadline) {
      return pLimit(AT_ONCE).map(questions, async (question) => {
        const body = JSON.stringify(reviewOf(question));
        const request = { method: "POST", path: REVIEWS, body, changesNothing: true } as const;
        const answer = await send(request, REVIEW_ANSWER, deadline);
        if (!answer.ok) throw errorOf(cluster, probing.access, answer.report);
        return (answer.body as { status: { allowed: boolean } }).status.allowed;
      });
    },
    async argocdVersion(namespace, deadline) {
      const query = new URLSearchParams({
        labelSelector: ARGOCD_SELECTOR,
        includeObject: "Metadata",
        limit: "100",
      });
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments?${query}`;
      const request = { method: "GET", path, accept: AS_TABLE } as const;
      const answer = await send(request, DEPLOYMENT_TABLE, deadline);
      if (answer.ok) return argocdVersionOf(deploymentsOf(answer.body as DeploymentTable));
      throw errorOf(cluster, probing.deployments(namespace), answer.report);
    },
    credentialExpires,
  };
}

/**
 * Seconds that the server's clock is ahead of ours, by the header `Date` of a response that has just
 * arrived. The header drops fractions of a second, half a second on average, which is added here.
 */
function skewOf(date: string | undefined, now: number): number | undefined {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? undefined : Math.round((time + 500 - now) / 1000) || 0;
}

/** Deployments as a Table, so that the environment variables of containers are not transferred. */
interface DeploymentTable {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows:
    | readonly {
      readonly cells: readonly unknown[];
      readonly object: { readonly metadata: { readonly labels?: unknown } };
    }[]
    | null;
}

function deploymentsOf({ columnDefinitions, rows }: DeploymentTable): ArgocdDeployment[] {
  const images = columnDefinitions.findIndex(({ name }) => name === "Images");
  return (rows ?? []).map(({ cells, object: { metadata: { labels } } }) => {
    const label = (name: string) => {
      const value = isObject(labels) ? labels[name] : undefined;
      return typeof value === "string" ? value : undefined;
    };
    return {
      component: label(COMPONENT_LABEL),
      version: label(VERSION_LABEL),
      images: String(cells[images] ?? "").split(","),
    };
  });
}
