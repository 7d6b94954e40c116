import assert from "node:assert/strict";
import { argocdCluster } from "../fake/clusters.ts";
import { repoSecrets } from "../fake/desired.ts";
import { FAULTS } from "../fake/faults.ts";
import { runWrite } from "../fake/run.ts";
import { assertAsBefore, worldOf } from "../fake/truth.ts";

const SEVERAL = ["a", "b", "c"].flatMap((each) =>
  repoSecrets({ type: "git", name: `repo-${each}`, url: `https://git.example.com/${each}` })
);

Deno.test("each of several URLs is replaced where it is held, and the others are created", async () => {
  const it = argocdCluster();
  const held = { type: "git", name: "old", url: "https://git.example.com/b" } as const;
  await runWrite(it, repoSecrets({ ...held, password: "old" }));
  const verdict = await runWrite(it, SEVERAL);
  assert.deepEqual(
    verdict.kind === "written" && verdict.secrets.map(({ name, action }) => [name, action]),
    [["repo-a", "created"], ["old", "replaced"], ["repo-c", "created"]],
  );
});

Deno.test("if one of several URLs is refused, none is written", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "charts", url: "https://git.example.com/b" }));
  const before = it.dump();
  const verdict = await runWrite(it, SEVERAL);
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "identity",
  ]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("two URLs that would end up in one secret are refused", async () => {
  const it = argocdCluster();
  // The secret for the second URL holds the first.
  await runWrite(
    it,
    repoSecrets({ type: "git", name: "repo-b", url: "https://git.example.com/a" }),
  );
  const before = it.dump();
  const verdict = await runWrite(it, SEVERAL);
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "repo-b" },
    holders: ["repo-b"],
  }]);
  assert.deepEqual(it.dump(), before);
});

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a write of several URLs: all of them or none`, async () => {
    for (let at = 0; at < 9; at++) {
      const it = argocdCluster();
      await runWrite(
        it,
        repoSecrets({ type: "git", name: "old", url: "https://git.example.com/b" }),
      );
      it.calls = [];
      const before = worldOf(it);
      it.fault = ({ index }) => index === at ? fault : undefined;
      // Before anything is written: a read, a list, and a read of the existing secret.
      if (fault.kind === "bug" && at < 3) {
        await assert.rejects(runWrite(it, SEVERAL), TypeError);
        assertAsBefore(it, before);
        continue;
      }
      const verdict = await runWrite(it, SEVERAL);
      if (verdict.kind === "written" && !/cannot list/.test(verdict.hints.join())) {
        const urls = [...it.secrets.values()].map(({ data }) => atob(data.reveal().url!)).sort();
        assert.deepEqual(urls, ["a", "b", "c"].map((each) => `https://git.example.com/${each}`));
      } else if (verdict.kind !== "written") assertAsBefore(it, before);
    }
  });
}
