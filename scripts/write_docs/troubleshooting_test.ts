import assert from "node:assert/strict";
import { join } from "node:path";
import { ERROR_CODES, ERRORS, OperationError } from "../../src/operations/errors.ts";
import { ERROR_ADVICE, errorCodesTable, messageOf } from "./troubleshooting.ts";

const TROUBLESHOOTING = join(import.meta.dirname!, "../../docs/troubleshooting.md");

Deno.test("the troubleshooting lists each error code with its message and remedy", () => {
  const rows = errorCodesTable().split("\n").filter((line) => line.startsWith("| `"));
  assert.equal(rows.length, ERROR_CODES.length);
  for (const code of ERROR_CODES) {
    const row = rows.find((each) => each.startsWith(`| \`${code}\` | ${ERRORS[code].status} |`));
    assert.ok(row?.includes(messageOf(code)), code);
    const { means, todo } = ERROR_ADVICE[code];
    for (const text of [means, todo]) assert.match(text, /^[A-Z`].{12,}[.`]$/s, code);
  }
});

/** The messages of the older paths, which never change. */
const SEED_MESSAGES = [
  new OperationError("missing_field", { kind: "parameter", fields: ["cluster"] }),
  new OperationError("missing_field", { kind: "field", fields: ["username", "password"] }),
  new OperationError("cluster_not_found", {
    cluster: "x",
    file: "clusters/x.kubeconfig",
    field: "cluster",
    nearest: "y",
  }),
  new OperationError("unreachable", { why: "", readSeconds: 10 }),
  new OperationError("timeout", { why: "", readSeconds: 10 }),
  new OperationError("exists", { of: "docker", namespaces: ["kube-system", "argocd"] }),
  new OperationError("exists", { of: "helm" }),
  new OperationError("internal", {}),
].map((error) => error.sentence("seed"));

Deno.test("the troubleshooting lists exactly the messages of the older paths", async () => {
  const text = await Deno.readTextFile(TROUBLESHOOTING);
  const [, section = ""] = text.split(/^## /m)
    .flatMap((each) => each.startsWith("Messages of the older paths") ? ["", each] : []);
  const shown = [...section.matchAll(/^\| `([^`]+)` \| \d{3}/gm)].map(([, message]) => message);
  assert.deepEqual(shown, SEED_MESSAGES);
});
