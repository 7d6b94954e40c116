import assert from "node:assert/strict";
import { join } from "node:path";
import type { Report } from "../../../scripts/soak/report.ts";

/** The whole program under many clients for a while, judged by its own counters. */

const SCRIPT = join(import.meta.dirname!, "..", "..", "..", "scripts", "soak.ts");

/** Of the short form, with all that surrounds it. */
const AT_MOST = 8 * 60_000;

async function soak(transport: string): Promise<{ code: number; said: string; report: Report }> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", SCRIPT, "--short", "--transport", transport, "--report", file],
      stdin: "null",
      signal: AbortSignal.timeout(AT_MOST),
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const said = text(stderr) + text(stdout);
    const [report]: Report[] = JSON.parse(await Deno.readTextFile(file) || "[]");
    assert.ok(report, `exit code ${code} without a report: ${said}`);
    return { code, said, report };
  } finally {
    await Deno.remove(file);
  }
}

const hasKubectl = await new Deno.Command("kubectl", { args: ["version", "--client"] }).output()
  .then(({ success }) => success, () => false);

for (const transport of ["api", "kubectl"]) {
  Deno.test({
    name:
      `${transport}: under two hundred clients, with one cluster hung and one flapping, nothing is lost, half-written or left over`,
    ignore: transport === "kubectl" && !hasKubectl,
    fn: async () => {
      const { code, said, report } = await soak(transport);
      console.log(said);
      for (const { what, found, most } of report.counts) {
        assert.ok(found <= most, `${what}: ${found}, at most ${most}\n${said}`);
      }
      assert.equal(code, 0, said);
      const asked = new Set(report.requests.map(({ work }) => work));
      for (const work of ["GET /secrets, healthy", "POST add_docker, healthy"]) {
        assert.ok(asked.has(work), work);
      }
      assert.ok(
        asked.has("POST add_docker, flapping"),
        "the flapping cluster was never written to",
      );
    },
  });
}
