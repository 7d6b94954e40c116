import assert from "node:assert/strict";
import pLimit from "p-limit";
import { startEmulator } from "../../src/emulator/emulator.ts";
import { controlPlane, TRANSPORTS } from "../contract/subjects.ts";
import type { Parts, Row } from "./row.ts";
import { ROWS } from "./rows.ts";
import { partsOf } from "./stage.ts";
import { type Verdicts, verdictsOn } from "./verdicts.ts";

/**
 * Unusual kubeconfigs for which kubectl itself, this program with either transport, and
 * `clusters -o wide` have the same verdict; a row says so if it differs for safety.
 */

/** All verdicts, determined for two rows at once: kubectl takes most of the time. */
let begun: Promise<{ parts: Parts; all: Map<Row, Promise<Verdicts>> }> | undefined;

async function begin(): Promise<{ parts: Parts; all: Map<Row, Promise<Verdicts>> }> {
  const plane = controlPlane!;
  const emulator = startEmulator();
  const folder = await Deno.makeTempDir({ prefix: "kubeconfigs-" });
  const parts = await partsOf(plane, new URL(emulator.url).host);
  const kubectl = Deno.env.get("ARGOCD_CONFIGURER_TEST_KUBECTL") ?? plane.kubectl;
  const limit = pLimit(2);
  const all = new Map(
    ROWS.map(({ row }, i): [Row, Promise<Verdicts>] => {
      const verdicts = limit(() => verdictsOn(row, parts, { kubectl, folder, name: `row-${i}` }));
      verdicts.catch(() => {}); // reported by the test of the row
      return [row, verdicts];
    }),
  );
  Promise.allSettled(all.values()).then(async () => {
    await emulator.stop();
    await Deno.remove(folder, { recursive: true });
  });
  return { parts, all };
}

Deno.test("the table has at least 100 kubeconfigs and no duplicate name", () => {
  assert.ok(ROWS.length >= 100, `${ROWS.length}`);
  const sentences = new Set(ROWS.map(({ where, row }) => `${where} ${row.what}`));
  assert.equal(sentences.size, ROWS.length);
});

const verdictOf = ({ verdict }: Row) =>
  verdict === "works" ? "works" : "refused" in verdict ? "is rejected" : `fails: ${verdict.kind}`;

for (const { where, row } of ROWS) {
  Deno.test({
    name: `kubeconfig ${where}: ${row.what}: ${verdictOf(row)}`,
    ignore: controlPlane === undefined,
    sanitizeOps: false, // the next rows are in progress
    sanitizeResources: false,
    async fn() {
      const { parts, all } = await (begun ??= begin());
      check(row, await all.get(row)!, parts);
    },
  });
}

function check(row: Row, verdicts: Verdicts, { canary, token, client }: Parts): void {
  const { kubectl, kinds, wide, used, unvetted, said } = verdicts;
  const told = JSON.stringify({ kubectl, kinds, wide, used, unvetted }, null, 2);
  const isTaken = row.kubectl === "takes";
  assert.equal(kubectl.code === 0, isTaken, told);
  if (row.kubectl !== "takes") assert.match(kubectl.stderr, row.kubectl);
  const { verdict } = row;
  if (row.safety === undefined) {
    assert.equal(isTaken, verdict === "works", "kubectl's verdict differs from the row");
  }
  for (const { name } of TRANSPORTS) {
    if (typeof verdict === "object" && "refused" in verdict) {
      for (const { is, why } of [wide[name]!, used[name]!]) {
        assert.equal(is, "refused", told);
        assert.match(why!, verdict.refused);
      }
    } else {
      assert.equal(wide[name]!.is, "works", told);
      assert.equal(used[name]!.is, verdict === "works" ? "works" : verdict.kind, told);
    }
  }
  assert.deepEqual(wide.kubectl, wide.api);
  // kubectl's own error says as much; that it got no user name is not an error message.
  if (!isTaken && row.safety === undefined && !/^error: EOF$/m.test(kubectl.stderr)) {
    const kind = typeof verdict === "object" && "kind" in verdict
      ? verdict.kind
      : "invalid_kubeconfig";
    assert.deepEqual([...new Set(kinds)], [kind], told);
  }
  // The api transport rejects it, too, if the kubeconfig was not vetted before.
  if (unvetted !== undefined && typeof verdict === "object") {
    const kind = "kind" in verdict ? verdict.kind : "invalid_kubeconfig";
    if (!/PATH|not an executable file/.test(String(wide.api!.why))) {
      assert.equal(unvetted.is, kind, told);
    }
  }
  for (const secret of [canary, token, client.key]) {
    assert.ok(!said.includes(secret), "a secret is quoted");
    assert.ok(!said.includes(btoa(secret)), "a secret is quoted in base64");
  }
}
