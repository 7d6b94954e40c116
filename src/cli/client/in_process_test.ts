import assert from "node:assert/strict";
import { type Settings, settingsOf } from "../../config/schema.ts";
import { configureLog } from "../../log/logger.ts";
import { observe } from "../../observe/observe.ts";
import type { Context, Done, Operation } from "../../operations/operation.ts";
import { operationNamed } from "../../operations/table.ts";
import { inProcess } from "./in_process.ts";
import type { Backend } from "./backend.ts";

/** Operations in this process, where tests of the whole program do not see them. */

/** Runs with this function in place of the operation that verifies a credential. */
async function withOperation(
  run: (context: Context) => Promise<void>,
  given: Partial<Settings>,
  test: (backend: Backend, operation: Operation) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const backend = await inProcess(settingsOf({ ...given, "clusters-folder": folder }));
  const verify = operationNamed("verifyCredential");
  const done: Done = { reply: () => ({ status: 200, body: {} }) };
  const module = await verify.load();
  const take = () => ({ run: (context: Context) => run(context).then(() => done) });
  try {
    await test(backend, { ...verify, load: () => Promise.resolve({ ...module, take }) });
  } finally {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("each log line has the id of its request", async () => {
  const lines: string[] = [];
  configureLog({ format: "text", level: "warning", write: (line) => lines.push(line) });
  const ids: string[] = [];
  await withOperation(
    ({ writer: { requestId } }) => {
      ids.push(requestId);
      observe("clusters.defined_twice", { cluster: "strange" });
      return Promise.resolve();
    },
    {},
    async (backend, operation) => {
      await Promise.all([backend.request(operation, {}), backend.request(operation, {})]);
    },
  );
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(
    lines.map((line) => line.replace(/^\S+ /, "")),
    ids.map((id) =>
      `WARNING clusters: cluster defined in two sources; using the first id=${id} cluster=strange\n`
    ),
  );
});

Deno.test("the request limit of servers does not apply to commands", () =>
  withOperation(
    () => new Promise((resolve) => setTimeout(resolve, 20)),
    { "max-requests": 1, transport: "api" },
    async (backend, operation) => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => backend.request(operation, {})));
      assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
    },
  ));
