import assert from "node:assert/strict";
import { CHECKED, type ClusterRow, inBrief, passesCheck } from "./checked_cluster.ts";

type Check = NonNullable<ClusterRow["check"]>;
type KnownRights = Exclude<Check["rights"], { unknown: string }>;

const ALL: KnownRights["all_namespaces"]["secrets"] = ["get", "list", "create", "update", "delete"];
const RIGHTS: KnownRights = {
  missing: [],
  limited: [],
  argocd_namespace: { namespace: "argocd", secrets: ALL },
  all_namespaces: { secrets: ALL, namespaces: ["get"], service_accounts: [] },
};

const row = (check: Partial<Check>, more: Partial<ClusterRow> = {}): ClusterRow => ({
  name: "prod",
  usable: true,
  ...more,
  check: { reachable: true, status: "success", rights: RIGHTS, ...check },
});

const from = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const DAY = 24 * 3600;

const CELLS: [what: string, column: string, row: ClusterRow, cell: string | RegExp | undefined][] =
  [
    ["all permissions", "PERMISSIONS", row({}), "ok"],
    [
      "permissions in one namespace",
      "PERMISSIONS",
      row({ rights: { ...RIGHTS, all_namespaces: { ...RIGHTS.all_namespaces, secrets: [] } } }),
      "ok in argocd only",
    ],
    [
      "no Argo CD",
      "PERMISSIONS",
      row({ rights: { ...RIGHTS, argocd_namespace: undefined } }),
      "ok",
    ],
    [
      "a missing permission",
      "PERMISSIONS",
      row({ rights: { ...RIGHTS, missing: ["create secrets in namespace 'argocd'"] } }),
      "missing: create secrets in namespace 'argocd'",
    ],
    ["unknown permissions", "PERMISSIONS", row({ rights: { unknown: "why" } }), "unknown"],
    [
      "the permissions of an unreachable cluster",
      "PERMISSIONS",
      row({ status: "timeout" }),
      undefined,
    ],
    [
      "an expiry in twelve days",
      "EXPIRES",
      row({ credential_expires: from(12.5 * DAY) }),
      "in 12d",
    ],
    [
      "an expiry in the past",
      "EXPIRES",
      row({ credential_expires: from(-30 * DAY) }),
      "expired 30d ago",
    ],
    ["no expiry", "EXPIRES", row({}), undefined],
    ["an invalid expiry", "EXPIRES", row({ credential_expires: "soon" }), "<unknown>"],
    ["a nearly correct clock", "NOTES", row({ clock_skew_seconds: 4 }), ""],
    ["a clock ahead", "NOTES", row({ clock_skew_seconds: 90 }), "clock is 90s ahead"],
    ["a clock behind", "NOTES", row({ clock_skew_seconds: -7200 }), "clock is 120m behind"],
    [
      "a message about its version",
      "NOTES",
      row({ message: "Cannot read the version of cluster 'prod': connection refused" }),
      "connection refused",
    ],
    [
      "everything",
      "NOTES",
      row({ message: "m", clock_skew_seconds: 60 }, {
        same_server_as: ["a", "b"],
        warnings: ["w"],
      }),
      "m; clock is 60s ahead; same server as a, b; w",
    ],
  ];

for (const [what, column, row, cell] of CELLS) {
  Deno.test(`${column} of ${what} is ${cell}`, () => {
    assert.equal(CHECKED[column]!(row), cell);
  });
}

Deno.test("a cluster passes if it responds, and its rights are known and complete", () => {
  const missing = { ...RIGHTS, missing: ["create secrets"] };
  const rows: [ClusterRow, boolean, string][] = [
    [row({}), true, "ok"],
    [row({ rights: missing }), false, "permissions missing"],
    [row({ rights: { unknown: "why" } }), false, "permissions unknown"],
    [row({ status: "unauthorized" }), false, "unauthorized"],
    [row({ status: "cluster_unreachable", reachable: false }), false, "unreachable"],
    [{ name: "of an older server" }, true, "done"],
  ];
  for (const [each, fine, brief] of rows) {
    assert.deepEqual([passesCheck(each), inBrief(each)], [fine, brief]);
  }
});
