import { goJsonSyntaxError } from "./go_json.ts";
import type { RequestBody } from "./decode.ts";
import { negotiate } from "./representation.ts";
import { isObject } from "../text/json.ts";
import { binaryText } from "./base64.ts";
import { badRequest, methodNotAllowed } from "./status.ts";

/** API groups besides the core: access reviews and lists of deployments. */

/** The attributes of a SelfSubjectAccessReview; empty stands for any. */
export interface AccessAsked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for all namespaces. */
  readonly namespace: string;
}

/** The fields of a deployment that a list shows. */
export interface EmulatedDeployment {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
}

export const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** @returns the namespace, if the path lists its deployments */
export function deploymentsIn(path: string): string | undefined {
  return /^\/apis\/apps\/v1\/namespaces\/([a-z0-9-]+)\/deployments$/.exec(path)?.[1];
}

/**
 * Answers a SelfSubjectAccessReview.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
 */
export function review(
  method: string,
  { value, bytes }: RequestBody,
  isAllowed: (asked: AccessAsked) => boolean,
): unknown {
  if (method !== "POST") throw methodNotAllowed();
  if (!isObject(value)) throw badRequest(goJsonSyntaxError(binaryText(bytes)));
  const spec = isObject(value.spec) ? value.spec : {};
  const given = isObject(spec.resourceAttributes) ? spec.resourceAttributes : {};
  const text = (name: string) => typeof given[name] === "string" ? given[name] as string : "";
  const asked = {
    verb: text("verb"),
    group: text("group"),
    resource: text("resource"),
    namespace: text("namespace"),
  };
  return {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: {
      resourceAttributes: Object.fromEntries(
        Object.entries(asked).filter(([, value]) => value !== ""),
      ),
    },
    status: { allowed: isAllowed(asked) },
  };
}

/**
 * Returns a list of deployments, or a Table, as the client requests.
 * @see k8s.io/kubernetes v1.35 pkg/printers/internalversion/printers.go, deploymentColumnDefinitions
 */
export function listDeployments(
  deployments: readonly EmulatedDeployment[],
  matches: (labels: Readonly<Record<string, string>>) => boolean,
  { method, accept }: { readonly method: string; readonly accept: string },
): unknown {
  if (method !== "GET") throw methodNotAllowed();
  const found = deployments.filter(({ labels }) => matches(labels));
  const form = negotiate(accept, true);
  if (form?.kind !== "Table") {
    return {
      kind: "DeploymentList",
      apiVersion: "apps/v1",
      metadata: { resourceVersion: "1" },
      items: found.map((each) => ({ metadata: metadataOf(each), spec: specOf(each) })),
    };
  }
  const names = ["Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images"];
  return {
    kind: "Table",
    apiVersion: form.apiVersion,
    metadata: { resourceVersion: "1" },
    columnDefinitions: names.map((name, i) => ({ name, type: "string", priority: i > 4 ? 1 : 0 })),
    rows: found.map((each) => ({
      cells: [each.name, "1/1", 1, 1, "1d", each.name, each.image],
      object: {
        kind: "PartialObjectMetadata",
        apiVersion: "meta.k8s.io/v1",
        metadata: metadataOf(each),
      },
    })),
  };
}

const metadataOf = ({ namespace, name, labels }: EmulatedDeployment) => ({
  name,
  namespace,
  labels,
});

const specOf = ({ name, image }: EmulatedDeployment) => ({
  template: { spec: { containers: [{ name, image }] } },
});
