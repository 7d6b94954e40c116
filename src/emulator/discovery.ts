import { KIND, type Resource } from "./objects.ts";

/** The documents that clients request first: versions and the available resources. */

/** Without `watch`, which is not supported. */
const VERBS = ["create", "delete", "get", "list", "patch", "update"];

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  /** The emulated Kubernetes version. */
  "/version": {
    major: "1",
    minor: "35",
    emulationMajor: "1",
    emulationMinor: "35",
    minCompatibilityMajor: "1",
    minCompatibilityMinor: "34",
    gitVersion: "v1.35.4",
    gitCommit: "",
    gitTreeState: "",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "gc",
    platform: "linux/amd64",
  },
  "/api": { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] },
  "/apis": {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: ["apps", "authorization.k8s.io"].map((name) => {
      const version = { groupVersion: `${name}/v1`, version: "v1" };
      return { name, versions: [version], preferredVersion: version };
    }),
  },
  "/apis/apps/v1": {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: "apps/v1",
    resources: [{
      name: "deployments",
      singularName: "deployment",
      namespaced: true,
      kind: "Deployment",
      verbs: ["list"],
      shortNames: ["deploy"],
      categories: ["all"],
    }],
  },
  "/apis/authorization.k8s.io/v1": {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: "authorization.k8s.io/v1",
    resources: [{
      name: "selfsubjectaccessreviews",
      singularName: "selfsubjectaccessreview",
      namespaced: false,
      kind: "SelfSubjectAccessReview",
      verbs: ["create"],
    }],
  },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [
      resource("namespaces", false, "Q3oi5N2YM8M=", ["ns"]),
      resource("secrets", true, "S6u1pOWzb84="),
      resource("serviceaccounts", true, "pbx9ZvyFpBE=", ["sa"]),
    ],
  },
};

function resource(
  name: Resource,
  namespaced: boolean,
  storageVersionHash: string,
  shortNames?: readonly string[],
) {
  const kind = KIND[name];
  const verbs = namespaced ? [...VERBS, "deletecollection"].sort() : VERBS;
  const base = { name, singularName: kind.toLowerCase(), namespaced, kind, verbs };
  return { ...base, ...(shortNames && { shortNames }), storageVersionHash };
}

/** @returns the discovery document at this path (without a trailing slash), if there is one */
export function discoveryDocument(path: string): unknown {
  return Object.hasOwn(DOCUMENTS, path) ? DOCUMENTS[path] : undefined;
}
