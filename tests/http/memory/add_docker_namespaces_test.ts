import assert from "node:assert/strict";
import { sent } from "../requests.ts";
import type { Stage } from "../stage.ts";
import { docker, refused, type Row, testsOf } from "../support.ts";

/** Namespaces that add_docker selects or creates, and its dry runs. */

const NAME = "my-docker-secret";

const applied = (namespace: string, output: string, more: object = {}) => ({
  namespace,
  result: { success: true, namespace, output: `secret/${NAME} ${output}`, ...more },
});

const added = (
  namespaces: string[],
  more: object = {},
  verb = "created successfully",
  resultIn = (namespace: string) => applied(namespace, "created"),
  registry = "ghcr.io",
) => ({
  success: true,
  cluster: "test-cluster",
  name: NAME,
  namespaces,
  registry,
  results: namespaces.map(resultIn),
  ...more,
  message: `Docker registry secrets ${verb} in ${namespaces.length} namespace(s)`,
});

/** Namespaces of two teams, a terminating one, and those of the system. */
function populate({ cluster }: Stage): void {
  const more = ["team-a", "team-b", "team-b-old", "kube-public"];
  for (const name of more) cluster.namespaces.set(name, "Active");
  cluster.namespaces.set("team-c", "Terminating");
  for (const name of ["team-a", "team-b", "team-b-old", "team-c", "argocd"]) {
    cluster.namespaceLabels.set(name, { pull: "yes" });
  }
}

const none = { namespaces: undefined };

const selections: Row[] = ([
  ["all namespaces", { ...none, all_namespaces: true }, [
    ...["default", "kube-public", "kube-system", "team-a", "team-b", "team-b-old"],
  ]],
  [
    "all namespaces but those matching a pattern",
    { ...none, all_namespaces: true, exclude_namespaces: ["kube-*", "default", "*-old"] },
    ["team-a", "team-b"],
  ],
  ["namespaces with a label", { ...none, namespace_selector: "pull=yes" }, [
    ...["team-a", "team-b", "team-b-old"],
  ]],
  [
    "namespaces with a label, excluding one",
    { ...none, namespace_selector: "pull in (yes)", exclude_namespaces: ["team-b"] },
    ["team-a", "team-b-old"],
  ],
  [
    "named namespaces beside selected ones",
    { namespaces: "kube-system,team-b", namespace_selector: "pull" },
    ["kube-system", "team-b", "team-a", "team-b-old"],
  ],
  [
    "named namespaces where the selector matches none",
    { namespaces: "default", namespace_selector: "pull=no" },
    ["default"],
  ],
  [
    "a named namespace that is also excluded",
    { namespaces: "team-a", all_namespaces: true, exclude_namespaces: ["*"] },
    ["team-a"],
  ],
] as [string, object, string[]][]).map(([what, more, expected]) => ({
  name: `the selected namespaces and Argo CD's are written to: ${what}`,
  request: () => docker(more),
  before: populate,
  status: 200,
  body: added([...expected, "argocd"]),
  changes: true,
}));

const unable = (name: string, more: object, why: string, before = populate): Row => ({
  name,
  request: () => docker({ ...none, ...more }),
  before,
  status: 400,
  body: {
    error: true,
    message: `Cannot select namespaces of cluster 'test-cluster': ${why}`,
    status_code: 400,
  },
  changes: false,
});

const forbidden = { error: true, message: "Cannot do it: forbidden", status_code: 502 };

const noneSelected: Row[] = [
  unable(
    "a selection that matches nothing is rejected",
    { namespace_selector: "pull=no" },
    "no namespace matches",
  ),
  unable(
    "a selection that matches only Argo CD's namespace is rejected",
    { namespace_selector: "kubernetes.io/metadata.name=argocd" },
    "no namespace matches",
  ),
  unable(
    "a selection of more namespaces than one request may write to is rejected",
    { all_namespaces: true },
    "1002 namespaces match, but one request can write to at most 1000",
    ({ cluster }) => {
      for (let i = 0; i < 1000; i++) cluster.namespaces.set(`ns-${i}`, "Active");
    },
  ),
  refused(
    "a selection without the right to list namespaces is 502 forbidden",
    () => docker({ ...none, all_namespaces: true }),
    502,
    { ...forbidden, status: "forbidden" },
    { opens: true, before: ({ cluster }) => void (cluster.mayReadNamespaces = false) },
  ),
  {
    name: "a namespace selection in an unknown cluster is 400",
    request: () => docker({ ...none, all_namespaces: true, cluster_name: "non-existent" }),
    status: 400,
    body: /^Cluster 'non-existent' not found\. /,
    changes: false,
  },
];

const CREATE = { namespaces: "default,new-one,new-two", create_namespaces: true };
const NEW = ["default", "new-one", "new-two", "argocd"];

const createNamespaces: Row[] = [
  {
    name: "missing namespaces are created and named in the response",
    request: () => docker(CREATE),
    status: 200,
    body: added(NEW, { namespaces_created: ["new-one", "new-two"] }),
    changes: true,
    after: ({ cluster }) => assert.equal(cluster.namespaces.get("new-one"), "Active"),
  },
  {
    name: "no namespace is created when all exist",
    request: () => docker({ create_namespaces: true }),
    status: 200,
    body: added(["kube-system", "default", "argocd"]),
    changes: true,
  },
  {
    name: "a terminating namespace is not created again",
    request: () => docker({ ...CREATE, namespaces: "default,new-one,leaving" }),
    before: ({ cluster }) => void cluster.namespaces.set("leaving", "Terminating"),
    status: 400,
    body: /^Namespaces are being deleted: leaving$/,
    changes: false,
    after: ({ cluster }) => assert.ok(!cluster.namespaces.has("new-one")),
  },
  {
    name: "created namespaces stay when the write fails, and the response says so",
    request: () => docker(CREATE),
    before: ({ cluster }) => {
      cluster.fault = ({ method }) =>
        method === "create" ? { kind: "reject", item: 2, error: "forbidden" } : undefined;
    },
    status: 502,
    body: {
      ...forbidden,
      message: "Cannot do it: forbidden. Namespaces created and not removed: new-one, new-two",
      status: "forbidden",
      cluster: "test-cluster",
      name: NAME,
      results: NEW.map((namespace) => ({
        namespace,
        result: {
          success: false,
          namespace,
          error: `secret/${NAME}: ` +
            (namespace === "new-two"
              ? "Cannot do it: forbidden; not written"
              : "written and rolled back"),
        },
      })),
      rolled_back: true,
      namespaces_created: ["new-one", "new-two"],
    },
    changes: false,
  },
  {
    name: "without the right to create namespaces nothing is written, and the error says why",
    request: () => docker({ ...CREATE, namespaces: "default,new-one" }),
    before: ({ cluster }) => {
      cluster.fault = ({ method }) =>
        method === "createNamespaces" ? { kind: "reject", item: 0, error: "forbidden" } : undefined;
    },
    status: 502,
    body: {
      ...forbidden,
      message: "Cannot do it: forbidden. Nothing was changed",
      status: "forbidden",
      cluster: "test-cluster",
      name: NAME,
      results: ["default", "new-one", "argocd"].map((namespace) => ({
        namespace,
        result: {
          success: false,
          namespace,
          error: `secret/${NAME}: not attempted; not written`,
        },
      })),
      rolled_back: true,
    },
    changes: false,
  },
];

const DRY = { dry_run: true };
const dry = (namespace: string, action: string, changes: object[]) =>
  applied(namespace, `${action} (dry run)`, { changes });

const createdChanges = [
  { field: "type", after: "kubernetes.io/dockerconfigjson" },
  { field: "labels.app.kubernetes.io/managed-by", after: "argocd-configurer" },
  { field: "labels.jjo.finance/secret-type", after: "docker-creds" },
  { field: "labels.mcops.tech/secret-type", after: "docker-creds" },
  { field: "data..dockerconfigjson", after: "ghcr.io (your_username)" },
];

const dryRuns: Row[] = [
  {
    name: "a dry run creates no secret and no namespace, and attaches nothing to service accounts",
    request: () =>
      docker({
        ...DRY,
        namespaces: "default,new-one",
        create_namespaces: true,
        service_accounts: ["default"],
      }),
    before: ({ cluster }) => void cluster.putAccount({ namespace: "default", name: "default" }),
    status: 200,
    body: added(
      ["default", "new-one", "argocd"],
      {
        service_accounts: ["default", "new-one"].map((namespace) => ({
          namespace,
          name: "default",
          output: "serviceaccount/default patched (dry run)",
        })),
        namespaces_created: ["new-one"],
        dry_run: true,
      },
      "would be created",
      (each) => dry(each, "created", createdChanges),
    ),
    changes: false,
    after: ({ cluster }) => {
      assert.ok(!cluster.namespaces.has("new-one"));
      assert.deepEqual(cluster.accounts.get("default/default")!.pullSecrets, []);
    },
  },
  {
    name: "a dry run of a merge shows the registries before and after",
    request: () => docker({ ...DRY, merge: true, registry: "quay.io" }),
    before: sent(docker),
    status: 200,
    body: added(
      ["kube-system", "default", "argocd"],
      DRY,
      "would be updated",
      (each) =>
        dry(each, "replaced", [{
          field: "data..dockerconfigjson",
          before: "ghcr.io (your_username)",
          after: "ghcr.io (your_username), quay.io (your_username)",
        }]),
      "quay.io",
    ),
    changes: false,
  },
];

for (const test of testsOf([...selections, ...noneSelected, ...createNamespaces, ...dryRuns])) {
  Deno.test(test);
}
