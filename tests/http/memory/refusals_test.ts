import { docker, helm, type Row, testsOf } from "../support.ts";

/** Writes that the state of the cluster forbids: nothing is changed, and the error says why. */

const rows: Row[] = [
  {
    name: "upsert does not replace a foreign secret, and the error names its type",
    request: () => docker({ upsert: true }),
    before: ({ cluster }) =>
      void cluster.put({ namespace: "default", name: "my-docker-secret", type: "a\nb" }),
    status: 409,
    body:
      /^Secret default\/my-docker-secret already exists and is not a pull secret .*"a\\nb".*"force": true/,
    changes: false,
  },
  {
    name: "upsert with force replaces a foreign secret",
    request: () => docker({ upsert: true, force: true }),
    before: ({ cluster }) => void cluster.put({ namespace: "default", name: "my-docker-secret" }),
    status: 200,
    changes: true,
  },
  {
    name: "Argo CD's own secret is not replaced",
    request: () => helm({ name: "argocd-secret", upsert: true }),
    before: ({ cluster }) => void cluster.put({ namespace: "argocd", name: "argocd-secret" }),
    status: 409,
    body: /^Secret argocd\/argocd-secret already exists and is not a credential of this kind/,
    changes: false,
  },
  {
    name: "an immutable secret needs force, and the error says that the secret is missing briefly",
    request: () => helm({ upsert: true }),
    before: ({ cluster }) =>
      void cluster.put({
        namespace: "argocd",
        name: "my-helm-repo",
        labels: { "argocd.argoproj.io/secret-type": "repository" },
        immutable: true,
      }),
    status: 409,
    body:
      /is immutable\. Send "force": true to delete and recreate it: it is missing for a few seconds/,
    changes: false,
  },
  {
    name: "a URL held by another secret is 409 and names that secret",
    request: () => helm(),
    before: async ({ app }) => void await app.fetch(helm({ name: "first" })),
    status: 409,
    body: /^The URL of secret argocd\/my-helm-repo is already used by secret argocd\/first\./,
    changes: false,
  },
];

for (const test of testsOf(rows)) Deno.test(test);
