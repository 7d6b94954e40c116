import assert from "node:assert/strict";
import { seal, Sealed } from "../../log/sealed.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { argocdHolding, auth, OLD, plainFingerprint, pull } from "../fake/rotation.ts";
import { shownPlaces } from "./find.ts";
import { masking } from "./hide.ts";
import { hiddenOf, matchesIn } from "./matches.ts";
import { type Sought, soughtCanonical } from "./sought.ts";
import { wantedIn } from "./wanted.ts";

const byFingerprint = (value: string): Sought => ({
  by: "fingerprint",
  fingerprint: `fingerprint of ${value}`,
});

async function found(secret: StoredSecret, value: string): Promise<string[]> {
  const wanted = await wantedIn([secret], [byFingerprint(value)], plainFingerprint);
  return matchesIn(secret, wanted).map(({ place, how }) => `${place}: ${how}`);
}

const PEM = "-----BEGIN PRIVATE KEY-----\nb2xk\n-----END PRIVATE KEY-----";

const PLACES: [what: string, of: StoredSecret, value: string, places: string[]][] = [
  ["as it is", argocdHolding({ password: OLD }), OLD, ["password: equal"]],
  ["padded", argocdHolding({ password: `${OLD}\n` }), OLD, ["password: padded"]],
  ["as a word", argocdHolding({ note: `token: ${OLD}.` }), OLD, ["note: inside"]],
  ["in a path", argocdHolding({ url: `https://x/${OLD}/y` }), OLD, ["url: inside"]],
  ["as a token with dots", argocdHolding({ note: "Bearer aaaa.bbbb.cc-c=" }), "aaaa.bbbb.cc-c=", [
    "note: inside",
  ]],
  ["with punctuation", argocdHolding({ note: '{"k": "p$ss!w.rd?long"}' }), "p$ss!w.rd?long", [
    "note: inside",
  ]],
  [
    "with a colon and a space",
    argocdHolding({ note: "password: a:long pass@phrase " }),
    "a:long pass@phrase",
    [
      "note: inside",
    ],
  ],
  ["in quotes", argocdHolding({ note: 'password: "a:long pass@phrase"' }), "a:long pass@phrase", [
    "note: inside",
  ]],
  [
    "after a user name",
    pull({ x: { y: auth("u", "a:long pass@phrase") } }),
    "a:long pass@phrase",
    ["x: inside"],
  ],
  ["as a key", argocdHolding({ note: `key: |\n${PEM}\n` }), PEM, ["note: inside"]],
  ["in base64", pull({ "ghcr.io": { x: `Basic ${auth("u", OLD)}` } }), OLD, ["ghcr.io: inside"]],
  ["in no place", argocdHolding({ note: `${OLD}-2` }), OLD, []],
];

for (const [what, of, value, places] of PLACES) {
  Deno.test(`the value of a fingerprint is found ${what}`, async () =>
    assert.deepEqual(await found(of, value), places));
}

Deno.test("a large text is searched, whatever it repeats", async () => {
  const hostile = ["-----BEGIN A-----", "a ".repeat(9), "x".repeat(18), "%2", "\\u00"];
  for (const piece of hostile) {
    const note = piece.repeat(300_000 / piece.length);
    const wanted = await wantedIn(
      [argocdHolding({ note })],
      [byFingerprint(OLD), soughtCanonical(seal(OLD))],
      () => Promise.resolve(undefined),
    );
    assert.deepEqual(matchesIn(argocdHolding({ note }), wanted), []);
  }
});

Deno.test("a value whose fingerprint is found in one secret is found in all of them", async () => {
  const secrets = [
    argocdHolding({ note: `a ${PEM}` }),
    argocdHolding({ sshPrivateKey: `${PEM}\r\n` }),
  ];
  const wanted = await wantedIn(secrets, [byFingerprint(PEM)], plainFingerprint);
  assert.deepEqual(secrets.map((each) => matchesIn(each, wanted).length), [1, 1]);
});

Deno.test("a secret is read and fingerprinted once, however many values are searched for", async () => {
  let reads = 0;
  class Counted<Value> extends Sealed<Value> {
    override reveal(): Value {
      reads++;
      return super.reveal();
    }
  }
  const data = { note: encodeBase64Text(`a ${OLD}`), password: encodeBase64Text(OLD) };
  const secret = { ...argocdHolding({}), data: new Counted(data) };
  const counts: [reads: number, asked: number][] = [];
  for (const many of [1, 200]) {
    let asked = 0;
    reads = 0;
    const soughts = Array.from({ length: many }, (_, i) => [
      soughtCanonical(seal(`another-value-${i}`)),
      byFingerprint(`value ${i}`),
    ]).flat();
    const wanted = await wantedIn([secret], soughts, (value) => {
      asked++;
      return plainFingerprint(value);
    });
    matchesIn(secret, wanted);
    counts.push([reads, asked]);
  }
  assert.deepEqual(counts[1], counts[0]);
});

Deno.test("if a secret has several of the values, none is shown in the place of another", async () => {
  const other = `other-${OLD}`;
  const secret = argocdHolding({ url: `https://x/${OLD}/${other}`, password: OLD });
  const soughts = [OLD, other].map((value) => soughtCanonical(seal(value)));
  const wanted = await wantedIn([secret], soughts, plainFingerprint);
  const matches = matchesIn(secret, wanted);
  const places = shownPlaces(secret, matches, masking(() => hiddenOf(wanted, matches)));
  assert.deepEqual(places.map(({ key, url }) => [key, url]), [
    ["password", "https://x/***/***"],
    ["url", "https://x/***/***"],
  ]);
});
