import assert from "node:assert/strict";
import fc from "fast-check";
import { isClusterName } from "../folder.ts";
import { clusterNamesOf, type NamedContext } from "./names.ts";

/** A context with a cluster and user of its own. */
const own = (context: string): NamedContext => ({ context, cluster: `c ${context}`, user: "u" });

const nameAlone = (context: string) => clusterNamesOf([own(context)]).get(context)!;

const NAMES: [context: string, name: string][] = [
  ["prod", "prod"],
  ["arn:aws:eks:eu-west-1:123456789012:cluster/prod-01", "prod-01"],
  ["arn:aws-us-gov:eks:us-gov-west-1:123456789012:cluster/a_b", "a_b"],
  ["arn:aws-cn:eks:cn-north-1:123456789012:cluster/x", "x"],
  ["arn:aws:iam::123456789012:role/x", "arn-aws-iam-123456789012-role-x"],
  ["gke_my-project_europe-west1_prod", "prod"],
  ["gke_example.com:my-project_europe-west1-b_prod", "prod"],
  ["gke_two_parts", "gke_two_parts"],
  ["admin@prod", "prod"],
  ["kubernetes-admin@kubernetes", "kubernetes"],
  ["me@example.com@prod", "prod"],
  ["me@prod-01.eu-west-1.eksctl.io", "prod-01.eu-west-1.eksctl.io"],
  ["admin@10.0.0.1:6443", "10.0.0.1-6443"],
  ["admin@", "admin"],
  ["default/api-prod-example-com:6443/admin", "api-prod-example-com"],
  ["default/api-prod-example-com:443/kube:admin", "api-prod-example-com"],
  ["default/api-prod-example-com:8443/admin", "api-prod-example-com-8443"],
  ["/api-crc-testing:6443/kubeadmin", "api-crc-testing"],
  ["default/api-crc-testing:6443", "api-crc-testing"],
  ["kind-dev", "kind-dev"],
  ["../x", "x"],
  ["-rf", "rf"],
  [".hidden", "hidden"],
  ["a  b//c", "a-b-c"],
  ["trailing/", "trailing"],
  ["münchen", "m-nchen"],
  ["evil\u202e\u001b[31m\n", "evil-31m"],
  ["CON", "CON"],
];

for (const [context, name] of NAMES) {
  Deno.test(`the context ${JSON.stringify(context)} becomes the cluster ${name}`, () => {
    assert.deepEqual(nameAlone(context), { name });
  });
}

const NAMELESS: [context: string, why: RegExp][] = [
  ["", /^its name contains no letter or digit; choose a name with 'clusters add NAME/],
  ["*", /^its name contains no letter or digit/],
  ["..", /^its name contains no letter or digit/],
  ["///", /^its name contains no letter or digit/],
  ["\u202e", /^its name contains no letter or digit/],
  ["a".repeat(245), /^its name is longer than 244 characters/],
];

for (const [context, why] of NAMELESS) {
  Deno.test(`the context ${JSON.stringify(context).slice(0, 20)} has no cluster name`, () => {
    const name = nameAlone(context);
    assert.ok("why" in name);
    assert.match(name.why, why);
  });
}

/** Contexts with the same short name, and their names; `undefined` when a context is skipped. */
const CLASHES: [sentence: string, names: Record<string, string | undefined>][] = [
  ["two regions", {
    "arn:aws:eks:eu-west-1:123456789012:cluster/prod": "prod-eu-west-1-123456789012",
    "arn:aws:eks:us-east-1:123456789012:cluster/prod": "prod-us-east-1-123456789012",
    "gke_project_zone_other": "other",
  }],
  ["two clouds and a user", {
    "arn:aws:eks:eu-west-1:123456789012:cluster/prod": "prod-eu-west-1-123456789012",
    "gke_project_europe-west1_prod": "prod-europe-west1-project",
    "admin@prod": "admin-prod",
  }],
  ["a short name that another context has", { "admin@prod": "admin-prod", prod: "prod" }],
  ["names that differ in case only", { Prod: "Prod", prod: "prod" }],
  ["full names that are also the same", { "a/b": undefined, "a:b": undefined, c: "c" }],
  ["a full name that is another's short one", {
    "admin@prod": undefined,
    "dev@prod": "dev-prod",
    "admin-prod": undefined,
  }],
];

for (const [sentence, wanted] of CLASHES) {
  Deno.test(`names that clash: ${sentence}`, () => {
    const contexts = Object.keys(wanted).map(own);
    const orders = [contexts, contexts.toReversed()];
    for (const order of orders) {
      const names = clusterNamesOf(order);
      for (const [context, name] of Object.entries(wanted)) {
        const found = names.get(context)!;
        assert.equal("name" in found ? found.name : undefined, name, context);
        if ("why" in found) assert.match(found.why, /is also that of context '/);
      }
    }
  });
}

Deno.test("a context with an ambiguous short name gets its full name, with the short one mentioned", () => {
  const names = clusterNamesOf(["admin@prod", "dev@prod", "prod-2"].map(own));
  assert.deepEqual([...names.values()], [
    { name: "admin-prod", instead: "prod" },
    { name: "dev-prod", instead: "prod" },
    { name: "prod-2" },
  ]);
});

Deno.test("contexts with the same cluster and user, such as one per OpenShift project, share a name", () => {
  const contexts = ["default", "monitoring", "team-a"].map((namespace) => ({
    context: `${namespace}/api-prod:6443/admin`,
    cluster: "api-prod:6443",
    user: "admin/api-prod:6443",
  }));
  const names = clusterNamesOf(contexts);
  assert.deepEqual([...names.values()], Array(3).fill({ name: "api-prod" }));
  const others = clusterNamesOf([
    ...contexts,
    { context: "default/api-prod:6443/dev", cluster: "api-prod:6443", user: "dev/api-prod:6443" },
  ]);
  assert.deepEqual(others.get("team-a/api-prod:6443/admin"), {
    name: "default-api-prod-6443-admin",
    instead: "api-prod",
  });
});

Deno.test("for any contexts, the names are valid and unique", () => {
  const name = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."ab-_.@:/*!\u202e\u0000ü".split("")), maxLength: 8 }),
    fc.string({ unit: "binary", maxLength: 300 }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 12 }), (contexts) => {
      const names = [...clusterNamesOf(contexts.map(own)).values()]
        .flatMap((each) => "name" in each ? [each.name] : []);
      assert.ok(names.every(isClusterName));
      assert.equal(new Set(names).size, names.length);
    }),
    { numRuns: 50 },
  );
});
