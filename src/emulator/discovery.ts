/** What clients ask for before anything else: versions and the resources there are. */

/** The Kubernetes version whose answers are given. */
const VERSION = { major: "1", minor: "35", gitVersion: "v1.35.4" };

/** `watch` is missing from the verbs: it is not served. */
const VERBS = ["create", "delete", "get", "list", "patch", "update"];

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  "/version": {
    major: VERSION.major,
    minor: VERSION.minor,
    emulationMajor: VERSION.major,
    emulationMinor: VERSION.minor,
    minCompatibilityMajor: "1",
    minCompatibilityMinor: "34",
    gitVersion: VERSION.gitVersion,
    gitCommit: "",
    gitTreeState: "",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "gc",
    platform: "linux/amd64",
  },
  "/api": { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: "v1",
    resources: [
      {
        name: "namespaces",
        singularName: "namespace",
        namespaced: false,
        kind: "Namespace",
        verbs: VERBS,
        shortNames: ["ns"],
        storageVersionHash: "Q3oi5N2YM8M=",
      },
      {
        name: "secrets",
        singularName: "secret",
        namespaced: true,
        kind: "Secret",
        verbs: [...VERBS, "deletecollection"].sort(),
        storageVersionHash: "S6u1pOWzb84=",
      },
      {
        name: "serviceaccounts",
        singularName: "serviceaccount",
        namespaced: true,
        kind: "ServiceAccount",
        verbs: [...VERBS, "deletecollection"].sort(),
        shortNames: ["sa"],
        storageVersionHash: "pbx9ZvyFpBE=",
      },
    ],
  },
};

/** @returns The discovery document at this path, without a trailing slash, if there is one. */
export function discoveryDocument(path: string): unknown {
  return Object.hasOwn(DOCUMENTS, path) ? DOCUMENTS[path] : undefined;
}
