import assert from "node:assert/strict";
import { join } from "node:path";
import { uniqueName } from "../../support/api_objects.ts";
import { kubeconfigFor } from "../../support/kubeconfig.ts";
import { commandLines } from "../../support/processes.ts";
import { assertAnswer, type RealProgram, realTests } from "../../support/real_program.ts";
import { silentPort } from "../../support/silent_port.ts";
import { assertTakesLess } from "../../support/takes_less.ts";

const { realTest, realTestWith } = realTests((test) => Deno.test(test));

/** Clusters that cannot be reached, and kubeconfigs that cannot be used. */

function add(program: RealProgram, cluster: string) {
  return program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: cluster,
    name: uniqueName("pull"),
    namespaces: "team-a",
  });
}

function addHelm(program: RealProgram, cluster: string) {
  return program.post("/secrets/add_helm_repo", {
    name: uniqueName("repo"),
    repository_url: "https://charts.example.com/x",
    cluster_name: cluster,
    username: "user",
    password: program.canary.value,
  });
}

const NOTHING_LISTED = {
  repo_creds_secrets: [],
  docker_creds_secrets: [],
  helm_creds_secrets: [],
  repository_secrets: [],
  total_repo_creds: 0,
  total_docker_creds: 0,
  total_helm_creds: 0,
};

realTest("a closed port is 503", async (program) => {
  assertAnswer(await program.get("/secrets?cluster=closed-port"), 503, {
    cluster: "closed-port",
    ...NOTHING_LISTED,
    status: "cluster_unreachable",
    message: "Cannot connect to cluster. Please check if the cluster is running and accessible.",
  });
  for (const write of [add, addHelm]) {
    const { status, body } = await write(program, "closed-port");
    assert.deepEqual([status, body.status_code, body.error], [503, 503, true]);
    assert.match(body.message, /of cluster 'closed-port': connection refused$/);
  }
});

realTestWith(
  { kubectl_timeout: 2 },
  "a hung cluster is 504 at the deadline, and no kubectl is left",
  async (program) => {
    const port = silentPort();
    let turns = 0;
    async function turn(): Promise<number> {
      const cluster = `hung-${++turns}`; // unknown to the circuit breaker
      await program.addCluster(cluster, kubeconfigFor(port.url));
      const began = performance.now();
      const hung = [
        program.get(`/secrets?cluster=${cluster}`),
        add(program, cluster),
        addHelm(program, cluster),
      ] as const;
      const first = Promise.race([program.get("/health"), ...hung]);
      const [listed, ...written] = await Promise.all(hung);
      const took = performance.now() - began;
      assert.ok(took >= 1950, `it took ${took} ms`);
      assertAnswer(listed, 504, {
        cluster,
        ...NOTHING_LISTED,
        status: "timeout",
        message: "Commands timed out after 2 seconds",
      });
      for (const answer of written) {
        assert.equal(answer.status, 504);
        assert.match(answer.body.message, new RegExp(`of cluster '${cluster}': .* 2 seconds$`));
      }
      const { status, body } = await first;
      assert.deepEqual(
        [status, body.status],
        [200, "healthy"],
        "the hung cluster delays the others",
      );
      return took;
    }
    try {
      await program.get("/secrets?cluster=closed-port"); // warms up shared caches
      await assertTakesLess(4500, turn);
      assert.ok(port.connections > 0);
      const left = commandLines().filter((line) => line.includes(program.folder));
      assert.deepEqual(left, []);
    } finally {
      await port.close();
    }
  },
);

realTest(
  "a cluster without a kubeconfig is 404 for a read and 400 for a write",
  async (program) => {
    const file = join(program.folder, "nowhere.kubeconfig");
    const message = `Cluster 'nowhere' not found. No kubeconfig file at ${file}`;
    const read = await program.get("/secrets?cluster=nowhere");
    assertAnswer(read, 404, { error: true, message, status_code: 404 });
    for (const write of [add, addHelm]) {
      const written = await write(program, "nowhere");
      assertAnswer(written, 400, { error: true, message, status_code: 400 });
    }
  },
);

realTest("a symbolic link to a kubeconfig is followed", async (program) => {
  const file = (name: string) => join(program.folder, `${name}.kubeconfig`);
  await Deno.symlink(file("reader"), file("linked"));
  const { status, body } = await program.get("/secrets?cluster=linked");
  assert.deepEqual([status, body.cluster, body.status], [200, "linked", "success"]);
});

interface Unusable {
  readonly what: string;
  readonly why: RegExp;
  /** Creates the file, whose content must not be shown. */
  make(file: string, canary: string): Promise<void>;
}

const text =
  (content: (canary: string) => string, mode = 0o600) => (file: string, canary: string) =>
    Deno.writeTextFile(file, content(canary), { mode });

/** A user with a credential plugin instead of a token. */
const withPlugin = (command: string) =>
  kubeconfigFor("https://127.0.0.1:1").replace(
    /token: .*/,
    `exec: {apiVersion: client.authentication.k8s.io/v1, command: ${command}, interactiveMode: Never}`,
  );

const UNUSABLE: readonly Unusable[] = [
  { what: "is empty", why: /it is empty$/, make: text(() => "\n") },
  {
    what: "is not YAML",
    why: /it is not valid YAML at line 2, column \d+$/,
    make: text((canary) => `a: b\ntoken: "${canary}" "${canary}\n`),
  },
  { what: "is a list", why: /it is not a YAML mapping$/, make: text((canary) => `- ${canary}\n`) },
  {
    what: "is something else",
    why: /its 'current-context' is not set$/,
    make: text((canary) => `token: ${canary}\n`),
  },
  {
    what: "has no current context",
    why: /its 'current-context' names a context that does not exist$/,
    make: text((canary) =>
      kubeconfigFor("https://127.0.0.1:1", canary).replace(
        /current-context.*/,
        "current-context: x",
      )
    ),
  },
  {
    what: "is not text",
    why: /it is not UTF-8 text$/,
    make: (file) => Deno.writeFile(file, new Uint8Array([0x80, 0xfe, 0x80]), { mode: 0o600 }),
  },
  {
    what: "is too large",
    why: /it is larger than 1048576 bytes$/,
    make: text((canary) => `# ${canary}\n`.repeat(30_000)),
  },
  {
    what: "is world-writable",
    why: /it is world-writable; run chmod \S+ on it$/,
    make: async (file, canary) => {
      await Deno.writeTextFile(file, kubeconfigFor("https://127.0.0.1:1", canary));
      await Deno.chmod(file, 0o666);
    },
  },
  {
    what: "is a FIFO",
    why: /it is not a regular file$/,
    make: async (file) => {
      const { success } = await new Deno.Command("mkfifo", { args: [file] }).output();
      assert.ok(success);
    },
  },
  {
    what: "is nested without limit",
    why: /it is nested deeper than is allowed for safety$/,
    make: text((canary) => `a: ${"[".repeat(20_000)} ${canary}\n`),
  },
  {
    what: "names a credential plugin that is not on PATH",
    why:
      /the credential plugin 'no-such-plugin' of its current user is not on the server's PATH \(executable not found\)$/,
    make: text(() => withPlugin("no-such-plugin")),
  },
  {
    what: "names a plugin that may be a credential",
    why:
      /the credential plugin of its current user is not on the server's PATH \(executable not found\)$/,
    make: text((canary) => withPlugin(canary)),
  },
  {
    what: "has a user with an auth provider that kubectl has removed",
    why:
      /the 'auth-provider' of its current user is gcp, which kubectl no longer supports; use the credential plugin gke-gcloud-auth-plugin$/,
    make: text((canary) =>
      kubeconfigFor("https://127.0.0.1:1", canary)
        .replace(/token: (.*)/, "token: $1\n      auth-provider: {name: gcp}")
    ),
  },
  {
    what: "names a server that is not a URL",
    why: /the 'server' of its current cluster is not an http or https URL$/,
    make: text((canary) => kubeconfigFor("ht!tp://[", canary)),
  },
  {
    what: "names a missing cluster, for which kubectl would use localhost:8080",
    why: /its current context names a cluster that does not exist$/,
    make: text((canary) =>
      kubeconfigFor("https://127.0.0.1:1", canary).replace(/cluster: (?!\{)\w+/, "cluster: nope")
    ),
  },
];

/** The entries that name files, with what a valid kubeconfig has instead. */
const NAMING_FILES = [
  ["certificate-authority", "cluster", "insecure-skip-tls-verify: true", ""],
  ["client-certificate", "user", /token: .*/, "client-key-data: YQ==, "],
  ["client-key", "user", /token: .*/, "client-certificate-data: YQ==, "],
  ["tokenFile", "user", /token: .*/, ""],
] as const;

const missing: readonly Unusable[] = NAMING_FILES.map(([entry, of, instead, beside]) => ({
  what: `names a missing ${entry}`,
  why: new RegExp(
    `the '${entry}' of its current ${of} \\(/.+/certificates/gone\\.pem\\) does not exist$`,
  ),
  make: text((canary) =>
    kubeconfigFor("https://127.0.0.1:1", canary)
      .replace(instead, `${beside}${entry}: certificates/gone.pem`.replaceAll(", ", "\n      "))
  ),
}));

/** The content of `client-key-data` put into `client-key` by mistake is not shown. */
const mistaken: Unusable = {
  what: "has the key itself as client-key",
  why: /the 'client-key' of its current user (does not exist|is not a file name)$/,
  make: text((canary) =>
    kubeconfigFor("https://127.0.0.1:1").replace(
      /token: .*/,
      `client-certificate-data: YQ==\n      client-key: ${canary.repeat(8)}`,
    )
  ),
};

for (const { what, why, make } of [...UNUSABLE, ...missing, mistaken]) {
  realTest(
    `a kubeconfig that ${what} is 500 with the reason and without its content`,
    async (program) => {
      const file = join(program.folder, "unusable.kubeconfig");
      await make(file, program.canary.value);
      const listed = await program.get("/secrets?cluster=unusable");
      assert.deepEqual([listed.status, listed.body.status], [500, "invalid_kubeconfig"]);
      assert.match(listed.body.message, why);
      const { message: _, status: __, ...rest } = listed.body;
      assert.deepEqual(rest, { cluster: "unusable", ...NOTHING_LISTED });
      for (const write of [add, addHelm]) {
        const { status, body } = await write(program, "unusable");
        assert.deepEqual([status, body.status_code, body.status], [500, 500, "invalid_kubeconfig"]);
        assert.match(body.message, why);
      }
    },
  );
}
