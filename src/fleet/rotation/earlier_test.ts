import assert from "node:assert/strict";
import type { AuditEntry } from "../../audit/entry.ts";
import { type Earlier, earlierOf } from "./earlier.ts";
import { Rotations } from "./rotations.ts";

const NOW = { about: "ghcr", key: "the key", to: "new", everywhere: false };

/** The last line of a rotation as a whole. */
const line = (replaces: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ time: "2026-01-31T12:00:00.000Z", phase: "end", kind: "rotate", credential: "new" },
  ...{ about: NOW.about, key: NOW.key, clusters: [replaces.toUpperCase()] },
  ...{ replaces: [replaces], replaces_of: [replaces.toUpperCase()] },
  ...more,
});

/** @param entries newest first */
async function earlier(
  entries: readonly AuditEntry[],
  now: Partial<typeof NOW> = {},
): Promise<Earlier> {
  const auditLog = {
    read: ({ mayShow }: { readonly mayShow: (entry: AuditEntry) => boolean }) =>
      Promise.resolve({ entries: entries.filter(mayShow) }),
  };
  const isSeen = (cluster: string) => cluster !== "HIDDEN";
  return await earlierOf({ ...NOW, ...now }, { rotations: new Rotations(), auditLog, isSeen });
}

const safe = { safe_to_revoke: true };

const ROWS: [what: string, entries: AuditEntry[], replaces: string[], now?: Partial<typeof NOW>][] =
  [
    ["all values not proven gone", [line("b"), line("a")], ["b", "a"]],
    ["also a value that was replaced by another new value", [line("b", { credential: "x" })], [
      "b",
    ]],
    ["not the value that is the new one now", [line("b"), line("new")], ["b"]],
    ["a value that the same request has proven gone", [line("a", safe)], ["a"]],
    ["not a value that was proven gone before that", [line("c"), line("b", safe), line("a")], [
      "c",
      "b",
    ]],
    [
      "not a value that another request has proven gone",
      [line("c"), line("b", { ...safe, credential: "x" })],
      [
        "c",
      ],
    ],
    [
      "not a value whose new value is unknown",
      [
        line("b", { ...safe, credential: undefined }),
      ],
      [],
      { to: undefined },
    ],
    ["none of another search", [line("a", { about: "quay" })], []],
    ["none with another key", [line("a", { key: "x" })], []],
    ["none of a dry run", [line("a", { dry_run: true })], []],
    ["none of a cluster that the caller may not see", [line("hidden")], []],
  ];

for (const [what, entries, replaces, now] of ROWS) {
  Deno.test(`values known from earlier rotations: ${what}`, async () => {
    const known = await earlier(entries, now);
    assert.deepEqual(known.replaces, replaces);
    const of = replaces.map((each) => each.toUpperCase());
    assert.deepEqual(known.replacesOf.filter((each) => each !== "NEW"), of);
  });
}

Deno.test("a cluster is only known completely if the earlier search was as wide and its list was not truncated", async () => {
  const [some, all] = [line("a"), line("b", { everywhere: true })];
  const cut = line("c", { everywhere: true, more: { replaces: 1 } });
  const entries = [some, all, cut];
  assert.deepEqual((await earlier(entries)).replacesOf, ["A", "B"]);
  const everywhere = await earlier(entries, { everywhere: true });
  assert.deepEqual([everywhere.replaces, everywhere.replacesOf], [["a", "b", "c"], ["B"]]);
});

Deno.test("an unreadable audit log counts as empty", async () => {
  const auditLog = { read: () => Promise.reject(new Error("a full disk")) };
  const known = await earlierOf(NOW, { rotations: new Rotations(), auditLog, isSeen: () => true });
  assert.deepEqual(known, { replaces: [], replacesOf: [] });
});
