import assert from "node:assert/strict";
import type { AuditEntry } from "./entry.ts";
import { lineOf } from "./line.ts";
import { type EntryQuery, readAudit } from "./read.ts";

/** Entry number `i`: a second after the one before. */
function entry(i: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    time: new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(),
    phase: "begin",
    write: `w${i}`,
    cluster: i % 2 === 0 ? "even" : "odd",
    names: [`name-${i % 3}`],
    ...more,
  };
}

const at = (i: number) => new Date(entry(i).time);

async function page(lines: readonly string[], query: Partial<EntryQuery>) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, lines.map((line) => line + "\n").join(""));
    const { entries, chain, ...rest } = await readAudit({ path }, { limit: 100, ...query }, NO_KEY);
    assert.deepEqual(chain, { state: "unchained", checked: 0 }); // as in versions without a chain
    return { writes: entries.map(({ write }) => write), ...rest };
  } finally {
    await Deno.remove(path);
  }
}

const NO_KEY = { why: "there is no key" };

const TEN = Array.from({ length: 10 }, (_, i) => lineOf(entry(i)));
const all = { truncated: false, damaged: 0 };

Deno.test("entries are newest first, up to the limit, with a mark when there are more", async () => {
  const newest = ["w9", "w8", "w7"];
  assert.deepEqual(await page(TEN, { limit: 3 }), { writes: newest, truncated: true, damaged: 0 });
  assert.equal((await page(TEN, { limit: 9 })).truncated, true);
  assert.equal((await page(TEN, { limit: 10 })).truncated, false);
});

Deno.test("entries are filtered by cluster, by a secret's name and by both", async () => {
  assert.deepEqual((await page(TEN, { cluster: "odd" })).writes, ["w9", "w7", "w5", "w3", "w1"]);
  assert.deepEqual((await page(TEN, { name: "name-0" })).writes, ["w9", "w6", "w3", "w0"]);
  const both = await page(TEN, { name: "name-0", cluster: "even", limit: 2 });
  assert.deepEqual(both, { writes: ["w6", "w0"], ...all });
});

Deno.test("a name is also found if it was written instead of the requested one", async () => {
  const moved = lineOf(entry(10, { phase: "end", written: ["holder"] }));
  assert.deepEqual((await page([...TEN, moved], { name: "holder" })).writes, ["w10"]);
});

Deno.test("entries are filtered by the fingerprint of a credential or its start", async () => {
  const [one, other] = ["1f00".repeat(16), "1f01".repeat(16)];
  const lines = [
    entry(0, { credential: one }),
    entry(1, { credential: other }),
    entry(2, { credentials: { "ghcr.io": other, "quay.io": one } }),
    entry(3),
    entry(4, { credentials: { "ghcr.io": other }, more: { credentials: 900 } }),
    entry(5, { credential: { forged: one } as never }),
  ].map(lineOf);
  const picked = async (credential: string) => (await page(lines, { credential })).writes;
  // An item that was cut from an entry may be the requested one.
  assert.deepEqual(await picked(one), ["w4", "w2", "w0"]);
  assert.deepEqual(await picked("1f001f00"), ["w4", "w2", "w0"]);
  assert.deepEqual(await picked("1f01"), ["w4", "w2", "w1"]);
  assert.deepEqual(await picked(`2${one.slice(1)}`), ["w4"]);
});

Deno.test("entries are filtered by rotation, and by the credential to replace", async () => {
  const [old, cut] = ["1f00".repeat(16), "1f01".repeat(16)];
  const lines = [
    entry(0, { rotation: "r-1", replaces: [old] }),
    entry(1, { rotation: "r-1" }),
    entry(2, { rotation: "r-2", replaces: [cut], more: { replaces: 900 } }),
    entry(3, { credential: old }),
    entry(4, { replaces: "forged" as never }),
  ].map(lineOf);
  const picked = async (query: Partial<EntryQuery>) => (await page(lines, query)).writes;
  assert.deepEqual(await picked({ rotation: "r-1" }), ["w1", "w0"]);
  assert.deepEqual(await picked({ rotation: "r-" }), []);
  // An item that was cut from an entry may be the requested one.
  assert.deepEqual(await picked({ replaced: old }), ["w2", "w0"]);
  assert.deepEqual(await picked({ replaced: old.slice(0, 8) }), ["w2"]);
  assert.deepEqual(await picked({ credential: old.slice(0, 8) }), ["w3", "w2", "w0"]);
});

Deno.test("an entry about several clusters is found by each of them", async () => {
  const lines = [
    entry(0, { cluster: undefined, clusters: ["a", "b"] }),
    entry(1, { cluster: undefined, clusters: ["a"], more: { clusters: 900 } }),
    entry(2, { cluster: undefined, clusters: { forged: "a" } as never }),
    entry(3, { cluster: "a" }),
  ].map(lineOf);
  assert.deepEqual((await page(lines, { cluster: "a" })).writes, ["w3", "w1", "w0"]);
  assert.deepEqual((await page(lines, { cluster: "b" })).writes, ["w1", "w0"]);
});

Deno.test("entries are filtered by time: since and until", async () => {
  assert.deepEqual((await page(TEN, { since: at(7) })).writes, ["w9", "w8", "w7"]);
  assert.deepEqual((await page(TEN, { until: at(2) })).writes, ["w1", "w0"]);
  assert.deepEqual((await page(TEN, { since: at(3), until: at(5) })).writes, ["w4", "w3"]);
});

Deno.test("a clock that was set back hides nothing", async () => {
  const lines = [entry(100), entry(50), entry(51)].map(lineOf);
  assert.deepEqual((await page(lines, { since: at(60) })).writes, ["w100"]);
});

Deno.test("entries that the caller may not see are left out, and do not count for the limit", async () => {
  const { writes } = await page(TEN, { mayShow: ({ cluster }) => cluster === "even", limit: 2 });
  assert.deepEqual(writes, ["w8", "w6"]);
});

Deno.test("damaged lines are skipped and counted", async () => {
  const damaged = [
    '{"time":"2026-01-01T00:00:00.000Z","phase":"be',
    "null",
    "[]",
    '{"time":"soon","phase":"begin"}',
    '{"time":"2026-01-01T00:00:00.000Z","phase":"other"}',
    '{"time":"2026-01-01T00:00:00.000Z","phase":"end","names":"a"}',
    "x".repeat(2 * 1024 * 1024),
  ];
  const lines = [TEN[0]!, ...damaged, TEN[1]!];
  assert.deepEqual(await page(lines, {}), { writes: ["w1", "w0"], truncated: false, damaged: 7 });
});

Deno.test("a missing log counts as empty", async () => {
  const chain = { state: "unchained", checked: 0 };
  assert.deepEqual(await readAudit({ path: "/no/such/audit.log" }, { limit: 1 }, NO_KEY), {
    entries: [],
    ...all,
    chain,
  });
});

Deno.test("only the needed part of a large log is read, and the search stops an hour before `since`", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.truncate(path, 64 * 1024 ** 3); // a sparse file, which takes minutes to read
    const lines = [lineOf(entry(-7200)), ...TEN].map((line) => line + "\n");
    await Deno.writeTextFile(path, "\n" + lines.join(""), { append: true });
    const read = async (query: EntryQuery) => (await readAudit({ path }, query, NO_KEY)).entries;
    assert.equal((await read({ limit: 5 })).length, 5);
    assert.equal((await read({ limit: 9, since: at(8) })).length, 2);
  } finally {
    await Deno.remove(path);
  }
});
