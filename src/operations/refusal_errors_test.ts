import assert from "node:assert/strict";
import type { Refusal } from "../credentials/write.ts";
import { errorBody, OperationError } from "./errors.ts";
import { refusedError } from "./refusal_errors.ts";

const missing = (...names: string[]): Refusal[] =>
  names.map((namespace) => ({ kind: "namespace_missing", ref: { namespace, name: "pull" } }));

const EXISTING = ["argocd", "default", "kube-system", "team-a"];

const NEAREST: [missing: string[], existing: string[] | undefined, remedy: object | undefined][] = [
  [["kube-sytem"], EXISTING, { namespaces: { "kube-sytem": "kube-system" } }],
  [["kube-sytem", "nowhere", "defalt"], EXISTING, {
    namespaces: { "kube-sytem": "kube-system", defalt: "default" },
  }],
  [["nowhere"], EXISTING, undefined],
  [["kube-sytem"], undefined, undefined],
  // It is written anyway, so a request must not name it.
  [["argocdd"], EXISTING, undefined],
  // A setting names Argo CD's namespace; a label says that there is none.
  [["argocd"], ["argocd2"], { labels: { "argocd-configurer.io/argocd-namespace": "none" } }],
  [["argocd", "kube-sytem"], EXISTING, {
    namespaces: { "kube-sytem": "kube-system" },
    labels: { "argocd-configurer.io/argocd-namespace": "none" },
  }],
];

for (const [names, existingNamespaces, remedy] of NEAREST) {
  const what = existingNamespaces === undefined
    ? "namespaces that may not be listed"
    : "existing ones";
  Deno.test(`for ${names} among ${what}, ${JSON.stringify(remedy) ?? "nothing"} is suggested`, () => {
    const refused = { refusals: missing(...names), existingNamespaces };
    const error = refusedError(refused, { argocdNamespace: "argocd", by: "body" });
    assert.deepEqual([error.code, error.field, error.remedy], [
      "namespace_not_found",
      "namespaces",
      remedy,
    ]);
    // The seed's paths never suggest anything.
    const { message } = errorBody(error, "seed") as { message: string };
    assert.doesNotMatch(message, /did you mean/);
  });
}

Deno.test("at most ten of a thousand names get a suggestion", () => {
  const names = Array.from({ length: 1000 }, (_, i) => `team-${i}-x`);
  const existingNamespaces = names.flatMap((name) => [`${name}a`, `${name}b`]);
  const { remedy } = refusedError({ refusals: missing(...names), existingNamespaces }, {
    argocdNamespace: "argocd",
    by: "body",
  });
  assert.deepEqual(Object.keys(remedy!.namespaces as object), names.slice(0, 10));
});

const ref = { namespace: "x", name: "a" };
const ALL: readonly Refusal[] = [
  { kind: "identity", ref, holders: ["b"] },
  { kind: "being_deleted", ref },
  { kind: "finalizers", ref },
  { kind: "immutable", ref },
  { kind: "type_change", ref, type: "Opaque" },
  { kind: "unmergeable", ref, why: "must be an object" },
  { kind: "not_ours", ref },
  { kind: "owned", ref, owner: "Helm" },
  { kind: "changed", ref },
  { kind: "exists", ref },
  { kind: "service_account_missing", ref },
  { kind: "foreign", ref, type: "Opaque" },
  { kind: "namespace_terminating", ref },
  { kind: "namespace_missing", ref },
];

Deno.test("the error names the first problem to solve, and counts the others", () => {
  const exists = () => new OperationError("exists", { of: "helm" });
  const shown = ALL.map((_, i) => {
    const error = refusedError({ refusals: ALL.slice(0, i + 1) }, {
      argocdNamespace: "argocd",
      by: "body",
      exists,
    });
    return [error.code, / \(and (\d) more problems?\)(?:$|\. )/.exec(error.message)?.[1]];
  });
  assert.deepEqual(shown, [
    ["identity_held", undefined],
    ["being_deleted", "1"],
    ["finalizers", "2"],
    ["immutable", "3"],
    ["type_change", "4"],
    ["unmergeable", "5"],
    ["not_ours", "6"],
    ["owned", "7"],
    ["secret_changed", "8"],
    ["exists", undefined],
    ["service_account_not_found", undefined],
    ["foreign", undefined],
    ["namespace_terminating", undefined],
    ["namespace_not_found", undefined],
  ]);
});
