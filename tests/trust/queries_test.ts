import assert from "node:assert/strict";
import { withLog } from "../http/audit_place.ts";
import { stage } from "../http/stage.ts";
import { get } from "../http/support.ts";

/** A password that a client puts into a query by mistake is in no stored line. */

const CANARY = `canary${crypto.randomUUID()}`;

const REQUESTS: [what: string, request: () => Request][] = [
  ["a read", () => get(`/secrets?cluster=test-cluster&password=${CANARY}`)],
  ["a read with a mistake", () => get(`/secrets?cluster=${CANARY}%20`)],
  ["a deletion", () => get(`/secrets?cluster=test-cluster&pass=${CANARY}`, {}, "DELETE")],
  [
    "a deletion that is not allowed",
    () => get(`/secrets?cluster=${CANARY}`, { Origin: "https://evil.example" }, "DELETE"),
  ],
  ["a path that is not there", () => get(`/nowhere?token=${CANARY}`)],
  ["a probe", () => get(`/health?token=${CANARY}`)],
];

Deno.test("the text of a query is neither in the log nor in the audit log", () =>
  withLog(async ({ auditLog, path }) => {
    for (const [what, request] of REQUESTS) {
      const { app, logged } = stage({ auditLog });
      const answer = await app.fetch(request());
      await answer.body?.cancel();
      assert.ok(logged.length > 0, what);
      assert.ok(!logged.join("").includes(CANARY), `${what}: ${logged.join("")}`);
    }
    assert.ok(!(await Deno.readTextFile(path)).includes(CANARY));
  }));
