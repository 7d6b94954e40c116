import assert from "node:assert/strict";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import type { StoreCall } from "../../../src/kube/fake/store.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { send, withLog } from "../audit_place.ts";
import { type Stage, stage } from "../stage.ts";
import { CANARY, docker, get, helm } from "../support.ts";

/** The audit log of each write, and what happens when it cannot be written. */

Deno.test("a docker credential has one audit line before the write and one before the response", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = stage({ auditLog });
    let seen: AuditEntry[] | undefined;
    it.cluster.fault = () => {
      seen ??= entries();
      return undefined;
    };
    const sent = docker({ git_write_back: true, upsert: true }, { "X-Request-Id": "my-request" });
    assert.equal((await send(it, sent)).status, 200);

    const [started, begin, end, ...more] = entries();
    assert.deepEqual(seen, [started, begin]);
    assert.equal(started!.phase, "started");
    assert.deepEqual(more, []);
    const { time, write, credential, ...rest } = begin!;
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(write!, /^my-request\.[0-9a-f]{8}$/);
    assert.match(credential!, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      phase: "begin",
      request: "my-request",
      who: "anonymous",
      from: "unknown",
      cluster: "test-cluster",
      kind: "docker",
      names: ["my-docker-secret", "my-docker-secret-iu"],
      namespaces: ["kube-system", "default", "argocd"],
      upsert: true,
      force: false,
    });
    const { time: _, ...ended } = end!;
    assert.deepEqual(ended, {
      ...rest,
      phase: "end",
      write,
      credential,
      outcome: "created",
      counts: { created: 4, replaced: 0, unchanged: 0 },
    });
  }));

Deno.test("one value written as another kind has the same fingerprint", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = stage({ auditLog });
    await send(it, docker());
    await send(it, helm());
    await send(it, docker({ name: "other", password: `${CANARY}2` }));
    const begun = entries().filter(({ phase }) => phase === "begin");
    assert.deepEqual(begun.map(({ kind, names }) => [kind, names![0]]), [
      ["docker", "my-docker-secret"],
      ["helm", "my-helm-repo"],
      ["docker", "other"],
    ]);
    const [first, second, third] = begun.map(({ credential }) => credential);
    assert.equal(first, second);
    assert.notEqual(first, third);
  }));

const on =
  (method: StoreCall["method"], fault: ReturnType<Stage["cluster"]["fault"]>) =>
  ({ cluster }: Stage) => {
    cluster.fault = (call) => call.method === method ? fault : undefined;
  };

interface OutcomeRow {
  readonly outcome: string;
  readonly when: string;
  readonly before?: (it: Stage) => void | Promise<unknown>;
  readonly request?: () => Request;
  readonly status: number;
  readonly end: Partial<AuditEntry>;
}

const OUTCOMES: readonly OutcomeRow[] = [
  {
    outcome: "replaced",
    when: "all existed with another value",
    before: (it) => send(it, docker({ password: "old" })),
    request: () => docker({ upsert: true }),
    status: 200,
    end: { outcome: "replaced", counts: { created: 0, replaced: 3, unchanged: 0 } },
  },
  {
    outcome: "unchanged",
    when: "all existed with the same value",
    before: (it) => send(it, docker()),
    request: () => docker({ upsert: true }),
    status: 200,
    end: { outcome: "unchanged", counts: { created: 0, replaced: 0, unchanged: 3 } },
  },
  {
    outcome: "mixed",
    when: "some existed",
    before: (it) => send(it, docker({ namespaces: "default", password: "old" })),
    request: () => docker({ upsert: true }),
    status: 200,
    end: { outcome: "mixed", counts: { created: 1, replaced: 2, unchanged: 0 } },
  },
  {
    outcome: "the name that was written",
    when: "another secret already held the URL",
    before: (it) => send(it, helm({ name: "holder" })),
    request: () => helm({ upsert: true, password: `${CANARY}2` }),
    status: 200,
    end: {
      outcome: "replaced",
      counts: { created: 0, replaced: 1, unchanged: 0 },
      written: ["holder"],
    },
  },
  {
    outcome: "refused, with each kind of reason once",
    when: "secrets exist and a namespace does not",
    before: (it) => send(it, docker()),
    request: () => docker({ namespaces: "default,kube-system,nowhere,neither" }),
    status: 400,
    end: { outcome: "refused", refusals: ["exists", "namespace_missing"] },
  },
  {
    outcome: "unable, with the kind of failure",
    when: "the cluster cannot be read",
    before: on("read", { kind: "throw", error: "unreachable" }),
    status: 503,
    end: { outcome: "unable", error: "unreachable" },
  },
  {
    outcome: "failed, with nothing left",
    when: "the rollback succeeded",
    before: on("create", { kind: "reject", item: 1, error: "forbidden" }),
    status: 502,
    end: { outcome: "failed", error: "forbidden", not_restored: [] },
  },
  {
    outcome: "failed, with what is not as before",
    when: "the rollback failed",
    before({ cluster }) {
      cluster.fault = ({ method }) => {
        if (method === "create") return { kind: "reject", item: 1, error: "forbidden" };
        return method === "remove" ? { kind: "throw", error: "forbidden" } : undefined;
      };
    },
    request: () => docker({ namespaces: "default" }),
    status: 502,
    end: {
      outcome: "failed",
      error: "forbidden",
      not_restored: [{ namespace: "default", name: "my-docker-secret", state: "new" }],
    },
  },
  {
    outcome: "failed, by a bug",
    when: "the program has a bug",
    before: on("read", { kind: "bug" }),
    status: 500,
    end: { outcome: "failed", error: "internal" },
  },
  {
    outcome: "unable",
    when: "the cluster is unknown",
    request: () => docker({ cluster_name: "nowhere" }),
    status: 400,
    end: { outcome: "unable", error: "cluster_not_found" },
  },
];

for (const { outcome, when, before, request = docker, status, end } of OUTCOMES) {
  Deno.test(`the audit log records ${outcome} when ${when}`, () =>
    withLog(async ({ auditLog, entries }) => {
      const it = stage({ auditLog, seconds: 1 });
      await before?.(it);
      const sent = request();
      using _clock = fakeClock({ runs: true });
      const answer = await send(it, sent);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      const last = entries().at(-1)!;
      assert.equal(last.phase, "end");
      const said = Object.entries(last).filter(([key]) =>
        ["outcome", "counts", "written", "refusals", "error", "not_restored"].includes(key)
      );
      assert.deepEqual(Object.fromEntries(said), end);
      const countOf = (phase: string) => entries().filter((each) => each.phase === phase).length;
      assert.equal(countOf("begin"), countOf("end"));
    }));
}

Deno.test("an oversized request is still audited in readable, bounded lines", () =>
  withLog(async ({ auditLog, path }) => {
    const it = stage({ auditLog });
    const request = (dry_run: boolean) =>
      docker({
        namespaces: Array.from({ length: 1000 }, (_, i) => `${i}`.padStart(63, "n")),
        service_accounts: Array.from({ length: 10 }, (_, i) => `${i}`.padStart(253, "n")),
        dry_run,
      });
    for (const dryRun of [true, false]) {
      assert.equal((await send(it, request(dryRun))).status, 400); // these namespaces do not exist
    }
    const { status, body } = await send(it, get("/audit"));
    const { entries, damaged, chain } = body;
    assert.deepEqual([status, damaged, chain], [200, 0, { state: "unbroken", checked: 4 }]);
    const attempts = entries.slice(0, -1) as AuditEntry[];
    assert.deepEqual(
      attempts.map(({ phase, dry_run = false }) => [phase, dry_run]),
      [["end", false], ["begin", false], ["end", true], ["begin", true]],
    );
    for (const { namespaces, service_accounts, more } of attempts) {
      assert.equal(namespaces!.length, 1001); // including Argo CD's
      assert.deepEqual(more, { service_accounts: 10_000 - service_accounts!.length });
    }
    assert.ok(Deno.statSync(path).size < 4 * 256 * 1024);
  }));

Deno.test("an invalid request is not audited as a write", () =>
  withLog(async ({ auditLog, path }) => {
    assert.equal((await send(stage({ auditLog }), docker({ name: "Not a name" }))).status, 400);
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  }));

Deno.test("while the audit log cannot be written, writes are rejected and reads still work", () =>
  withLog(async ({ auditLog, path }) => {
    Deno.symlinkSync("/dev/full", path);
    const it = stage({ auditLog });
    const before = it.cluster.dump();
    for (const request of [docker(), helm(), docker({ upsert: true, force: true })]) {
      const { status, body } = await send(it, request);
      assert.equal(status, 503);
      assert.deepEqual(body, {
        error: true,
        message: "Cannot write: the audit log cannot be written: No space left on device. " +
          "Nothing was changed",
        status_code: 503,
      });
    }
    assert.deepEqual(it.cluster.calls, []);
    assert.deepEqual(it.cluster.dump(), before);
    assert.ok(it.logged.some((line) => line.includes("write rejected: cannot write audit log")));
    assert.equal((await send(it, get("/secrets?cluster=test-cluster"))).status, 200);
    assert.equal((await send(it, get("/health"))).status, 200);

    Deno.removeSync(path);
    assert.equal((await send(it, docker())).status, 200);
  }));

Deno.test("a write whose outcome cannot be audited is answered as usual, and the next write is rejected", () =>
  withLog(async ({ auditLog, path, entries }) => {
    const it = stage({ auditLog });
    it.cluster.fault = ({ method }) => {
      if (method !== "create" || it.cluster.calls.length > 2) return undefined;
      Deno.renameSync(path, `${path}.aside`);
      Deno.symlinkSync("/dev/full", path);
      return undefined;
    };
    const { status, body } = await send(it, docker());
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(it.cluster.secrets.size, 3);
    assert.ok(
      it.logged.some((line) => /"level":"error".*cannot record outcome in audit log/.test(line)),
    );
    assert.equal((await send(it, docker({ name: "next" }))).status, 503);
    assert.equal(it.cluster.secrets.size, 3);

    Deno.removeSync(path);
    Deno.renameSync(`${path}.aside`, path);
    assert.equal((await send(it, docker({ name: "next" }))).status, 200);
    assert.deepEqual(
      entries().map(({ phase, names }) => [phase, names?.[0]]),
      [
        ["started", undefined],
        ["begin", "my-docker-secret"],
        ["end", "my-docker-secret"],
        ["begin", "next"],
        ["end", "next"],
      ],
    );
  }));

Deno.test("fifty concurrent writes are all answered and all audited", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = stage({ auditLog });
    const names = Array.from({ length: 50 }, (_, i) => `secret-${i}`);
    const answers = await Promise.all(names.map((name) => send(it, docker({ name }))));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    for (const phase of ["begin", "end"]) {
      const found = entries().filter((entry) => entry.phase === phase);
      assert.deepEqual(found.map(({ names }) => names![0]).sort(), names.toSorted(), phase);
    }
  }));
