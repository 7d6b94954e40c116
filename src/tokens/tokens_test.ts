import assert from "node:assert/strict";
import { join } from "node:path";
import { seal } from "../log/sealed.ts";
import { readTokenFile, type StoredToken, TokenFileInvalid, writeTokenFile } from "./token_file.ts";
import { makeToken, sha256, tokensFrom } from "./tokens.ts";

async function withFile(use: (file: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(join(folder, "tokens.yaml"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A token and its stored form. */
function token(
  name: string,
  more: Partial<StoredToken> = {},
): { token: string; stored: StoredToken } {
  const token = makeToken();
  return { token, stored: { name, role: "reader", sha256: sha256(token), ...more } };
}

Deno.test("tokens are long, unique, and valid in a header", () => {
  const all = new Set(Array.from({ length: 100 }, makeToken));
  assert.equal(all.size, 100);
  for (const each of all) assert.match(each, /^acfg_[A-Za-z0-9_-]{43}$/);
});

Deno.test("a token is recognized by its hash, with its role and clusters", () =>
  withFile(async (file) => {
    const one = token("one", { role: "writer", clusters: ["prod-*"] });
    const two = token("two");
    await writeTokenFile(file, [one.stored, two.stored]);
    const tokens = tokensFrom({ file });
    assert.deepEqual(tokens.verify(one.token), {
      kind: "known",
      identity: { name: "one", role: "writer", clusters: ["prod-*"] },
    });
    assert.deepEqual(tokens.verify(two.token), {
      kind: "known",
      identity: { name: "two", role: "reader", clusters: undefined },
    });
    for (const wrong of ["", makeToken(), one.token + "x", one.stored.sha256]) {
      assert.deepEqual(tokens.verify(wrong), { kind: "unknown" });
    }
  }));

Deno.test("a token whose hash differs in one digit is not recognized", () =>
  withFile(async (file) => {
    const { token: secret, stored } = token("one");
    const digits = [...stored.sha256];
    const alike = digits.map((digit, i) => ({
      ...stored,
      name: `at-${i}`,
      sha256: digits.with(i, digit === "0" ? "1" : "0").join(""),
    }));
    await writeTokenFile(file, alike);
    const tokens = tokensFrom({ file });
    assert.deepEqual(tokens.verify(secret), { kind: "unknown" });
    await writeTokenFile(file, [...alike, stored]);
    assert.equal(tokens.verify(secret).kind, "known");
  }));

Deno.test("a file holds no token, and only its owner may read it", () =>
  withFile(async (file) => {
    const { token: secret, stored } = token("one", { expires: new Date("2030-01-31") });
    await writeTokenFile(file, [stored]);
    const text = await Deno.readTextFile(file);
    assert.ok(!text.includes(secret) && !text.includes(btoa(secret)));
    assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    assert.deepEqual(readTokenFile(file), [stored]);
  }));

Deno.test("a replaced file keeps its read permissions", () =>
  withFile(async (file) => {
    await writeTokenFile(file, []);
    await Deno.chmod(file, 0o640);
    await writeTokenFile(file, [token("one").stored]);
    assert.equal((await Deno.stat(file)).mode! & 0o777, 0o640);
  }));

Deno.test("a token is accepted until it expires", () =>
  withFile(async (file) => {
    const end = new Date("2030-01-31T12:00:00Z");
    const { token: secret, stored } = token("one", { expires: end });
    await writeTokenFile(file, [stored]);
    let now = end.getTime() - 1;
    const tokens = tokensFrom({ file, now: () => now });
    assert.equal(tokens.verify(secret).kind, "known");
    now++;
    assert.deepEqual(tokens.verify(secret), { kind: "expired", name: "one" });
  }));

Deno.test("a removed token stops working immediately, an added one works immediately", () =>
  withFile(async (file) => {
    const [one, two] = [token("one"), token("two")];
    await writeTokenFile(file, [one.stored]);
    const tokens = tokensFrom({ file });
    for (let turn = 0; turn < 20; turn++) {
      const [there, gone] = turn % 2 ? [one, two] : [two, one];
      await writeTokenFile(file, [there.stored]);
      assert.equal(tokens.verify(there.token).kind, "known");
      assert.equal(tokens.verify(gone.token).kind, "unknown");
    }
  }));

Deno.test("a file with the same size and time as before is read again, replaced or changed in place", () =>
  withFile(async (file) => {
    const [one, two] = [token("one"), token("two")];
    await writeTokenFile(file, [one.stored]);
    const tokens = tokensFrom({ file });
    assert.equal(tokens.verify(one.token).kind, "known");
    const { size, mtime } = await Deno.stat(file);
    const text = await Deno.readTextFile(file);
    const other = text.replace("one", "two").replace(one.stored.sha256, two.stored.sha256);

    const beside = `${file}.new`;
    await Deno.writeTextFile(beside, other, { mode: 0o600 });
    await Deno.utime(beside, mtime!, mtime!);
    await Deno.rename(beside, file);
    assert.equal(tokens.verify(one.token).kind, "unknown");
    assert.equal(tokens.verify(two.token).kind, "known");

    // The change time, which nobody can set back, has a resolution of a second.
    await new Promise((resolve) => setTimeout(resolve, 1050 - Date.now() % 1000));
    await Deno.writeTextFile(file, text);
    await Deno.utime(file, mtime!, mtime!);
    const now = await Deno.stat(file);
    assert.deepEqual([now.size, now.mtime], [size, mtime]);
    assert.equal(tokens.verify(two.token).kind, "unknown");
    assert.equal(tokens.verify(one.token).kind, "known");
  }));

Deno.test("while the file cannot be used, no token is accepted, not even that of the environment", () =>
  withFile(async (file) => {
    const { token: secret, stored } = token("one");
    await writeTokenFile(file, [stored]);
    const own = makeToken();
    const tokens = tokensFrom({ file, fromEnvironment: seal(own) });
    assert.deepEqual(tokens.verify(own), {
      kind: "known",
      identity: { name: "environment", role: "admin", clusters: undefined },
    });
    await Deno.writeTextFile(file, "tokens: [");
    for (const each of [secret, own]) assert.throws(() => tokens.verify(each), TokenFileInvalid);
    await Deno.remove(file);
    for (const each of [secret, own]) assert.throws(() => tokens.verify(each), TokenFileInvalid);
    await writeTokenFile(file, [stored]);
    assert.equal(tokens.verify(secret).kind, "known");
  }));

const SUM = sha256("x");
const CANARY = makeToken();

const INVALID: [what: string, content: string, why: RegExp][] = [
  ["invalid YAML", `tokens: [${CANARY}`, /: invalid YAML at line 1, column/],
  [
    "a token in place of its hash",
    one({ sha256: CANARY }),
    /'tokens\.0\.sha256' must be a SHA-256/,
  ],
  [
    "an unknown role",
    one({ role: CANARY }),
    /'tokens\.0\.role' must be reader, writer or admin$/,
  ],
  ["no name", one({ name: undefined }), /'tokens\.0\.name' is missing$/],
  [
    "a name with spaces",
    one({ name: "a b" }),
    /'tokens\.0\.name' must start with a letter or digit/,
  ],
  ["no cluster", one({ clusters: [] }), /'tokens\.0\.clusters' must contain a cluster/],
  [
    "an invalid cluster",
    one({ clusters: ["a/b"] }),
    /'tokens\.0\.clusters\.0' must be a cluster name/,
  ],
  ["an invalid time", one({ expires: "soon" }), /'tokens\.0\.expires' must be a time$/],
  ["a time of another type", one({ expires: 5 }), /'tokens\.0\.expires' must be a time$/],
  ["no role", one({ role: undefined }), /'tokens\.0\.role' is missing$/],
  ["an invalid token", '{"tokens":[1]}', /'tokens\.0' must be a map$/],
  ["a map in place of the tokens", '{"tokens":{}}', /'tokens' must be a list$/],
  ["an unknown key", '{"token":[]}', /: the file has an unknown field$/],
  ["an unknown field", one({ [CANARY]: 1 }), /'tokens\.0' has an unknown field/],
  ["a list", "- a\n", /the file must be a map with the key tokens$/],
  ["a text", `${CANARY}\n`, /the file must be a map with the key tokens$/],
  [
    "a name twice",
    JSON.stringify({ tokens: [entry({}), entry({})] }),
    /duplicate token name 'one'/,
  ],
];

function entry(more: object): object {
  return { name: "one", role: "reader", sha256: SUM, ...more };
}

function one(more: object): string {
  return JSON.stringify({ tokens: [entry(more)] });
}

for (const [what, content, why] of INVALID) {
  Deno.test(`a file with ${what} is rejected and not quoted`, () =>
    withFile(async (file) => {
      await Deno.writeTextFile(file, content, { mode: 0o600 });
      assert.throws(() => readTokenFile(file), (error) => {
        assert.ok(error instanceof TokenFileInvalid);
        assert.match(error.message, why);
        assert.ok(!error.message.includes(CANARY), error.message);
        return true;
      });
    }));
}

for (const content of ["", "# nothing\n", "tokens:\n", "tokens: []\n"]) {
  Deno.test(`a file of ${JSON.stringify(content)} has no tokens`, () =>
    withFile(async (file) => {
      await Deno.writeTextFile(file, content, { mode: 0o600 });
      assert.deepEqual(readTokenFile(file), []);
    }));
}

Deno.test("a file that others may write to, or that does not exist, is rejected", () =>
  withFile(async (file) => {
    assert.throws(() => readTokenFile(file), /: no such file/);
    await writeTokenFile(file, []);
    for (const mode of [0o620, 0o602]) {
      await Deno.chmod(file, mode);
      assert.throws(
        () => readTokenFile(file),
        /it is (world|group)-writable; run chmod go-w on it/,
      );
    }
    assert.throws(() => readTokenFile(join(file, "..")), /it is a folder/);
    await Deno.chmod(file, 0o600);
    await Deno.chmod(join(file, ".."), 0o777);
    assert.throws(() => readTokenFile(file), /its folder '.*' is not safe/);
    await Deno.chmod(join(file, ".."), 0o700);
    if (Deno.uid() !== 0) return;
    await Deno.chown(file, 65534, 65534); // only the superuser can give a file away
    assert.throws(
      () => readTokenFile(file),
      /it is owned by uid 65534, not by the current user or root/,
    );
  }));
