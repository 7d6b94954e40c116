import assert from "node:assert/strict";
import { LINK_LENGTH } from "./chain.ts";
import { type AuditEntry, type Cuttable, MAX_LINE, parseLine } from "./entry.ts";
import { carriedLineOf, fitted, lineOf, LONGEST_LINE } from "./line.ts";

const ENTRY: AuditEntry = {
  time: "2026-01-01T00:00:00.000Z",
  phase: "end",
  write: "r1.12345678",
  who: "alice",
  names: ["pull"],
};

const sizeOf = (line: string) => new TextEncoder().encode(line).length;

/** The length of the longest line that an entry can become. */
const writtenSize = (entry: AuditEntry) => sizeOf(carriedLineOf(entry)) + LINK_LENGTH + 1;

const named = (count: number, length: number) =>
  Array.from({ length: count }, (_, i) => `${i}`.padStart(length, "n"));

const accountsIn = (namespaces: readonly string[], names: readonly string[]) =>
  namespaces.flatMap((namespace) => names.map((name) => ({ namespace, name })));

const notRestored = (count: number) =>
  named(count, 63).map((namespace) => ({ namespace, name: "pull", state: "unknown" }));

Deno.test("the largest ordinary request fits in a line without cuts", () => {
  const namespaces = named(1000, 63);
  const entry = { ...ENTRY, namespaces, service_accounts: accountsIn(namespaces, ["default"]) };
  assert.equal(lineOf(entry), JSON.stringify(entry));
  assert.deepEqual(fitted(entry), entry);
});

Deno.test("an entry that is one byte too long is cut by one item", () => {
  const of = (length: number) => ({
    ...ENTRY,
    reason: "r".repeat(length),
    namespaces: named(20, 10),
  });
  const most = LONGEST_LINE - 512 - sizeOf(JSON.stringify(of(0)));
  assert.deepEqual(fitted(of(most)), of(most));
  const cut = fitted(of(most + 1));
  assert.deepEqual(cut, {
    ...of(most + 1),
    namespaces: named(20, 10).slice(0, 19),
    more: { namespaces: 1 },
  });
});

const MANY = named(20_000, 63);

const LONG: [what: string, said: Partial<AuditEntry>][] = [
  ["names", { names: MANY }],
  ["namespaces", { namespaces: MANY }],
  ["names of written secrets", { written: MANY }],
  ["refusals", { refusals: MANY }],
  ["created namespaces", { namespaces_created: MANY }],
  ["clusters", { clusters: MANY }],
  ["replaced values", { replaces: MANY }],
  ["service accounts", { service_accounts: accountsIn(named(1000, 63), named(10, 253)) }],
  ["secrets that were not restored", { not_restored: notRestored(20_000) }],
  ["fingerprints", { credentials: Object.fromEntries(MANY.map((each) => [each, "0f"])) }],
  ["names with characters of several bytes", { namespaces: MANY.map((each) => `${each}ä€\u0001`) }],
  ["a single name that is too long", { names: ["n".repeat(MAX_LINE)], namespaces: MANY }],
  ["a text", { reason: "€".repeat(MAX_LINE) }],
  ["all of it", {
    ...{
      names: MANY,
      namespaces: MANY,
      written: MANY,
      refusals: MANY,
      namespaces_created: MANY,
      clusters: MANY,
      replaces: MANY,
    },
    service_accounts: accountsIn(MANY, ["default"]),
    not_restored: notRestored(20_000),
    reason: "€".repeat(MAX_LINE),
  }],
];

for (const [what, said] of LONG) {
  Deno.test(`a line is an entry of limited length, with any number of ${what}`, () => {
    const entry = { ...ENTRY, ...said };
    assert.ok(sizeOf(JSON.stringify(entry)) > MAX_LINE);
    assert.ok(writtenSize(entry) <= LONGEST_LINE);
    const { entry: read } = parseLine(lineOf(entry))!;
    assert.deepEqual([read.time, read.phase, read.write], [ENTRY.time, "end", ENTRY.write]);
    const { reason: _, more = {}, ...rest } = read;
    for (const [key, value] of Object.entries(rest)) {
      const all = entry[key as Cuttable];
      if (typeof all !== "object") continue;
      // The first items, and the number of the others.
      const [left, asked] = [value, all].map((each) => Object.entries(each!));
      assert.deepEqual(left, asked!.slice(0, left!.length), key);
      assert.equal(more[key as Cuttable] ?? 0, asked!.length - left!.length, key);
    }
    assert.deepEqual(fitted(fitted(entry)), fitted(entry), "is cut once");
  });
}

Deno.test("service accounts are cut first, and not_restored last", () => {
  const namespaces = named(1000, 63);
  const entry = {
    ...ENTRY,
    namespaces,
    service_accounts: accountsIn(namespaces, ["default"]),
    not_restored: notRestored(1000),
  };
  const { service_accounts, more, ...rest } = fitted(entry);
  assert.ok(service_accounts!.length >= 10);
  assert.deepEqual(more, { service_accounts: 1000 - service_accounts!.length });
  assert.deepEqual(rest, {
    ...ENTRY,
    namespaces,
    not_restored: entry.not_restored,
  });
  const failed = fitted({ ...entry, not_restored: notRestored(5000) });
  assert.deepEqual([failed.service_accounts!.length, failed.namespaces!.length], [10, 10]);
  assert.ok(failed.not_restored!.length > 2000);
});

Deno.test("service accounts take a limited part of a line, even if there is room", () => {
  const service_accounts = accountsIn(named(200, 20), named(10, 60));
  const cut = fitted({ ...ENTRY, service_accounts });
  const size = sizeOf(JSON.stringify(cut.service_accounts));
  assert.ok(size <= 100 * 1024 && size > 100 * 1024 - 200, `${size}`);
  assert.equal(cut.service_accounts!.length + cut.more!.service_accounts!, 2000);
});

Deno.test("items that are cut again, as by a later version, count as left out of the original list", () => {
  const namespaces = named(8000, 63);
  const { more } = fitted({ ...ENTRY, namespaces, more: { namespaces: 100, names: 2 } });
  assert.equal(more!.names, 2);
  assert.ok(more!.namespaces! > 100);
  const left = fitted({ ...ENTRY, namespaces }).namespaces!.length;
  assert.equal(more!.namespaces, 8000 - left + 100);
});
