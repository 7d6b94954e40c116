import assert from "node:assert/strict";
import type { AuditEntry } from "../../audit/entry.ts";
import { Rotations } from "./rotations.ts";
import { wasFound } from "./was_found.ts";

const WHOLE: AuditEntry = {
  ...{ time: "2026-01-31T12:00:00.000Z", phase: "begin", kind: "rotate", key: "the key" },
  ...{ clusters: ["a"], replaces: ["old"] },
};

const ROWS: [what: string, entry: Partial<AuditEntry>, isFound: boolean][] = [
  ["has it", {}, true],
  ["was made by another key", { key: "another key" }, false],
  ["does not name its key", { key: undefined }, false],
  [
    "has a list that was cut, in which it is not",
    { replaces: ["x"], more: { replaces: 9 } },
    false,
  ],
  ["has a list that was cut, in which it is", { more: { replaces: 9 } }, true],
  ["is of a dry run", { dry_run: true }, false],
  ["only searched for it", { kind: "find" }, false],
  ["is about a cluster that the caller may not see", { clusters: ["a", "hidden"] }, false],
  ["was tampered with", { replaces: "old" as unknown as string[] }, false],
];

for (const [what, more, isFound] of ROWS) {
  Deno.test(`a value is ${isFound ? "" : "not "}known from an entry that ${what}`, async () => {
    const entry = { ...WHOLE, ...more };
    const auditLog = {
      read: ({ mayShow }: { readonly mayShow: (entry: AuditEntry) => boolean }) =>
        Promise.resolve({ entries: [entry].filter(mayShow) }),
    };
    const isSeen = (cluster: string) => cluster !== "hidden";
    const memories = { rotations: new Rotations(), auditLog, isSeen };
    assert.equal(await wasFound(["old"], "the key", memories), isFound);
    assert.equal(await wasFound(["old"], undefined, memories), false);
  });
}
