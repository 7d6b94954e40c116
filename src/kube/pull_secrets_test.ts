import assert from "node:assert/strict";
import { type Deadline, deadlineIn } from "./deadline.ts";
import { KubeError, type KubeErrorKind } from "./errors.ts";
import { type Accounts, changePullSecrets, type WireServiceAccount } from "./pull_secrets.ts";
import { type ItemOutcome, refKey } from "./store.ts";

/** Existing service accounts by name; `calls` records the requests. */
function memory(...names: string[]) {
  const there = new Map(names.map((name) => [name, account(name, "1", "old")]));
  const calls: string[] = [];
  let version = 1;
  const accounts: Accounts = {
    cluster: "c",
    read(refs) {
      calls.push(`read ${refs.map(({ name }) => name)}`);
      return Promise.resolve(refs.flatMap(({ name }) => there.get(name) ?? []));
    },
    replace(changed) {
      calls.push(`replace ${changed.map(({ metadata }) => metadata.name)}`);
      return Promise.resolve(changed.map((one): ItemOutcome => {
        const { name, uid, resourceVersion } = one.metadata;
        if (there.get(name)?.metadata.resourceVersion !== resourceVersion) {
          return rejected("conflict");
        }
        const metadata = { ...one.metadata, resourceVersion: String(++version) };
        there.set(name, { ...one, metadata });
        return { kind: "done", uid, resourceVersion: metadata.resourceVersion };
      }));
    },
  };
  return { accounts, calls, there };
}

function account(name: string, resourceVersion: string, ...secrets: string[]): WireServiceAccount {
  const metadata = { namespace: "n", name, uid: `uid-${name}`, resourceVersion };
  return { metadata, imagePullSecrets: secrets.map((name) => ({ name })) };
}

function rejected(kind: KubeErrorKind): ItemOutcome {
  return { kind: "rejected", error: new KubeError(kind, `Cannot: ${kind}`) };
}

const use = (serviceAccount: string, secret: string) => ({
  namespace: "n",
  serviceAccount,
  secret,
});
const soon = () => deadlineIn(30);
const kinds = (outcomes: readonly ItemOutcome[]) =>
  outcomes.map((outcome) => "error" in outcome ? outcome.error.kind : outcome.kind);

Deno.test("several uses of one service account are one change", async () => {
  const { accounts, calls, there } = memory("a", "b");
  const uses = [use("a", "x"), use("b", "x"), use("a", "y"), use("a", "x")];
  const outcomes = await changePullSecrets("attach", uses, accounts, soon());
  assert.deepEqual(calls, ["read a,b", "replace a,b"]);
  assert.deepEqual(there.get("a")?.imagePullSecrets, [
    { name: "old" },
    { name: "x" },
    { name: "y" },
  ]);
  assert.deepEqual(outcomes, [
    { kind: "done", uid: "uid-a", resourceVersion: "2" },
    { kind: "done", uid: "uid-b", resourceVersion: "3" },
    { kind: "done", uid: "uid-a", resourceVersion: "2" },
    { kind: "done", uid: "uid-a", resourceVersion: "2" },
  ]);
});

Deno.test("without a change, nothing is replaced", async () => {
  const { accounts, calls } = memory("a");
  const uses = [use("a", "old"), use("none", "x")];
  const outcomes = await changePullSecrets("attach", uses, accounts, soon());
  assert.deepEqual(kinds(outcomes), ["done", "not_found"]);
  assert.deepEqual(calls, ["read a,none"]);
});

Deno.test("only a service account that somebody else has changed is read and changed again", async () => {
  const { accounts, calls, there } = memory("a", "b");
  const { replace } = accounts;
  let isFirst = true;
  const overtaken: Accounts = {
    ...accounts,
    replace(changed, deadline) {
      if (isFirst) there.set("b", account("b", "9", "theirs"));
      isFirst = false;
      return replace(changed, deadline);
    },
  };
  const uses = [use("a", "old"), use("b", "x")];
  const outcomes = await changePullSecrets("attach", [...uses, use("a", "x")], overtaken, soon());
  assert.deepEqual(kinds(outcomes), ["done", "done", "done"]);
  assert.deepEqual(calls, ["read a,b", "replace a,b", "read b", "replace b"]);
  assert.deepEqual(there.get("b")?.imagePullSecrets, [{ name: "theirs" }, { name: "x" }]);
});

Deno.test("a failure before anything was sent is thrown", async () => {
  const { accounts } = memory("a");
  for (const method of ["read", "replace"] as const) {
    const failing = () => Promise.reject(new KubeError("busy", "Cannot: busy"));
    const broken: Accounts = { ...accounts, [method]: failing };
    const changing = changePullSecrets("attach", [use("a", "x")], broken, soon());
    await assert.rejects(changing, { kind: "busy" });
  }
});

/** Rejects `b` with a conflict, then fails in this method. */
function failingAgain(method: "read" | "replace", error: Error): Accounts {
  const { accounts } = memory("a", "b");
  let calls = 0;
  const fails = () => ++calls > 1;
  return {
    ...accounts,
    async read(refs, deadline) {
      if (method === "read" && fails()) throw error;
      return await accounts.read(refs, deadline);
    },
    async replace(changed, deadline) {
      if (method === "replace" && fails()) throw error;
      const others = changed.filter(({ metadata }) => metadata.name !== "b");
      const outcomes = await accounts.replace(others, deadline);
      return changed.map((one) => others.includes(one) ? outcomes.shift()! : rejected("conflict"));
    },
  };
}

for (const method of ["read", "replace"] as const) {
  Deno.test(`if a second ${method} fails, the conflict stays, and so does what was done`, async () => {
    const accounts = failingAgain(method, new KubeError("timeout", "Cannot: timeout"));
    const uses = [use("b", "x"), use("a", "x")];
    const outcomes = await changePullSecrets("attach", uses, accounts, soon());
    assert.deepEqual(kinds(outcomes), ["conflict", "done"]);
  });
}

Deno.test("a bug in a second read is thrown, and not a conflict", async () => {
  const accounts = failingAgain("read", new TypeError("a bug"));
  await assert.rejects(changePullSecrets("attach", [use("b", "x")], accounts, soon()), TypeError);
});

Deno.test("after the deadline nothing is retried", async () => {
  const { accounts, calls } = memory("a");
  const controller = new AbortController();
  const deadline: Deadline = { signal: controller.signal, seconds: 1, remaining: () => 0 };
  const conflicting: Accounts = {
    ...accounts,
    replace(changed) {
      controller.abort();
      return Promise.resolve(changed.map(() => rejected("conflict")));
    },
  };
  const outcomes = await changePullSecrets("attach", [use("a", "x")], conflicting, deadline);
  assert.deepEqual(kinds(outcomes), ["conflict"]);
  assert.deepEqual(calls, ["read a"]);
});

Deno.test("an outcome without a response is not retried", async () => {
  const { accounts, calls } = memory("a");
  const error = new KubeError("unreachable", "Cannot: broke");
  const cut: Accounts = {
    ...accounts,
    replace: (changed) => Promise.resolve(changed.map(() => ({ kind: "unknown", error }))),
  };
  const outcomes = await changePullSecrets("detach", [use("a", "old")], cut, soon());
  assert.deepEqual(outcomes, [{ kind: "unknown", error }]);
  assert.deepEqual(calls, ["read a"]);
});

Deno.test("equal names in two namespaces are two service accounts", async () => {
  const uses = [
    { namespace: "n", serviceAccount: "a", secret: "x" },
    { namespace: "m", serviceAccount: "a", secret: "x" },
  ];
  const read: string[] = [];
  const accounts: Accounts = {
    cluster: "c",
    read(refs) {
      read.push(...refs.map(refKey));
      return Promise.resolve([]);
    },
    replace: () => Promise.reject(new TypeError("nothing to replace")),
  };
  const outcomes = await changePullSecrets("attach", uses, accounts, soon());
  assert.deepEqual(read, ["n/a", "m/a"]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.kind === "rejected" && outcome.error.details.namespace),
    ["n", "m"],
  );
});
