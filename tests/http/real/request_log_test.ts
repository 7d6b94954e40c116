import assert from "node:assert/strict";
import { type RealProgram, realTests } from "../../support/real_program.ts";

const { realTest } = realTests((test) => Deno.test(test));

/** The log of requests, with and without the real API server. */

interface Line {
  readonly id?: string;
  readonly part: string;
  readonly message: string;
  readonly cluster?: string;
  readonly from?: string;
}

const linesOf = ({ log }: RealProgram): Line[] => log.map((line) => JSON.parse(line));

realTest(
  "all log lines of a request have its ID, among those of other requests",
  async (program) => {
    await program.get("/secrets?cluster=administrator"); // warms up shared connections
    const begin = program.log.length;
    const clusters = ["closed-port", "administrator", "no-rights", "closed-port"];
    const answers = await Promise.all(
      clusters.map((cluster) => program.get(`/secrets?cluster=${cluster}`)),
    );
    const lines = linesOf(program).slice(begin);
    const ids = answers.map(({ headers }) => headers.get("X-Request-Id")!);
    assert.equal(new Set(ids).size, clusters.length);
    clusters.forEach((cluster, i) => {
      const own = lines.filter(({ id }) => id === ids[i]);
      const asked = own.filter(({ part }) => part === "kubectl" || part === "api");
      assert.ok(asked.length > 0, `${cluster}: ${JSON.stringify(own)}`);
      for (const line of own) assert.equal(line.cluster, cluster);
      const [request, ...more] = own.filter(({ part }) => part === "server");
      assert.equal(request?.message, "request");
      assert.deepEqual(more, []);
    });
    const others = lines.filter(({ id }) => !ids.includes(id!));
    assert.deepEqual(others, []);
  },
);
