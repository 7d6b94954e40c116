import assert from "node:assert/strict";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { startEmulator } from "../../src/emulator/emulator.ts";
import { accountRows } from "./fidelity_account_rows.ts";
import { Neutral } from "./fidelity_compare.ts";
import { discoveryRows } from "./fidelity_discovery_rows.ts";
import { readRows } from "./fidelity_read_rows.ts";
import { namespace, namespaces, type Row } from "./fidelity_rows.ts";
import { emulatedServer, realServer, type Server } from "./fidelity_server.ts";
import { writeRows } from "./fidelity_write_rows.ts";

const plane = controlPlaneFromEnv();

/** The same for both servers, since it is part of their messages. */
async function transcript(server: Server, name: string, row: Row): Promise<unknown[]> {
  const made = await server.ask(["POST", namespaces, namespace(name)]);
  assert.equal(made.status, 201, `${server.name}: ${JSON.stringify(made.body)}`);
  const neutral = new Neutral();
  const answers: unknown[] = [];
  const inside = `${namespaces}/${name}`;
  const place = {
    namespace: name,
    namespaces,
    secrets: `${inside}/secrets`,
    accounts: `${inside}/serviceaccounts`,
  } as const;
  const requests = row.requests(place);
  for (let next = requests.next(); !next.done;) {
    const [method, path] = next.value;
    const answer = await server.ask(next.value);
    const compared = row.part ? { ...answer, body: row.part(answer.body) } : answer;
    answers.push({
      request: `${method} ${path.replace(/continue=[^&]*/, "continue")}`,
      answer: neutral.shown(compared),
    });
    next = requests.next(answer);
  }
  return answers;
}

const rows = [...discoveryRows, ...readRows, ...writeRows, ...accountRows];
const run = crypto.randomUUID().slice(0, 8);

for (const [index, row] of rows.entries()) {
  Deno.test({
    name: `the emulator responds like the real server: ${row.name}`,
    ignore: plane === undefined,
    fn: async () => {
      const emulator = startEmulator({ token: "a-token" });
      try {
        const name = `fidelity-${run}-${index}`;
        const [emulated, real] = await Promise.all([
          transcript(emulatedServer(emulator, "a-token"), name, row),
          transcript(realServer(plane!), name, row),
        ]);
        for (const [at, answer] of emulated.entries()) assert.deepEqual(answer, real[at]);
      } finally {
        await emulator.stop();
      }
    },
  });
}
