import assert from "node:assert/strict";
import {
  assertEnded,
  eachOf,
  type Given,
  onStage,
  type Stage,
  testsBothWays,
} from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Wrong usage exits with 2, names the flag, and queries no cluster. */

type Row = [what: string, args: readonly string[], says: RegExp | string, given?: Given];

const DOCKER = ["docker", "add", "--cluster", "one", "--name", "n", "--username", "u"];
const REPO = ["repo", "add", "--cluster", "one", "--name", "n", "--type", "git"];
const PASSWORD: Given = { env: { ARGOCD_CONFIGURER_PASSWORD: "not-a-password" } };

const NO_PASSWORD = "Missing a password: give --password-stdin, --password-file FILE or the " +
  "environment variable ARGOCD_CONFIGURER_PASSWORD";

const NO_SECRET = "A secret must be given as NAME, secret/NAME or CLUSTER/NAMESPACE/NAME";

/** Errors of the API are reported in terms of flags. */
const ROWS: Row[] = [
  ["no password", [...DOCKER, "--namespaces", "team-a"], NO_PASSWORD],
  ["an empty variable", [...DOCKER, "--namespaces", "a"], NO_PASSWORD, {
    env: { ARGOCD_CONFIGURER_PASSWORD: "" },
  }],
  [
    "no user",
    ["docker", "add", "--cluster", "one", "--name", "n", "--namespaces", "a"],
    "Missing --username",
    PASSWORD,
  ],
  [
    "no cluster",
    ["docker", "add", "--name", "n", "--username", "u", "--namespaces", "a"],
    "Missing --cluster",
    PASSWORD,
  ],
  [
    "no name",
    ["docker", "add", "--cluster", "one", "--username", "u", "--namespaces", "a"],
    "Missing --name",
    PASSWORD,
  ],
  [
    "no namespaces",
    DOCKER,
    "Missing --namespaces, --namespace-selector or --all-namespaces",
    PASSWORD,
  ],
  [
    "Argo CD's namespace",
    [...DOCKER, "--namespaces", "team-a,argocd"],
    "--namespaces must not name 'argocd': the secret is written there anyway",
    PASSWORD,
  ],
  [
    "a selection twice",
    [...DOCKER, "--all-namespaces", "--namespace-selector", "a=b"],
    "--all-namespaces cannot be combined with --namespace-selector",
    PASSWORD,
  ],
  [
    "an exclusion from nothing",
    [...DOCKER, "--namespaces", "a", "--exclude-namespaces", "kube-*"],
    "--exclude-namespaces requires --all-namespaces or --namespace-selector",
    PASSWORD,
  ],
  ["an empty password", [...DOCKER, "--namespaces", "a", "--password-stdin"], /The password must/, {
    stdin: "\n",
  }],
  [
    "a cluster that is none",
    [...DOCKER.with(3, "a/b"), "--namespaces", "a"],
    /^error: --cluster is invalid: a cluster name/,
    PASSWORD,
  ],
  [
    "one that is none among several",
    ["docker", "add", "--cluster", "one,a/b"],
    /^error: Cannot use --cluster 'a\/b': a cluster name/,
  ],
  [
    "nothing at all",
    ["docker", "add"],
    "Missing --cluster, --name, --username; --namespaces, --namespace-selector or " +
    `--all-namespaces; ${NO_PASSWORD.replace("Missing ", "")}`,
  ],
  ["no password file, as it is not looked for yet", [
    ...["docker", "add", "--cluster", "one", "--username", "u", "--namespaces", "a"],
    ...["--password-file", "nowhere"],
  ], "Missing --name"],
  ["several that each have a user", [
    ...["docker", "add", "--cluster", "one", "--registries-file", "nowhere"],
  ], "Missing --name; --namespaces, --namespace-selector or --all-namespaces"],
  ["nothing of a repository", ["repo", "add"], "Missing --cluster, --name, --type, --url"],
  ["nothing of a repository but a password", [
    ...["repo", "add", "--cluster", "one", "--password-stdin"],
  ], "Missing --name, --type, --url, --username"],
  [
    "no type",
    ["repo", "add", "--cluster", "one", "--name", "n", "--url", "https://h/x"],
    "Missing --type",
  ],
  ["no URL", REPO, "Missing --url"],
  [
    "a password without a user",
    [...REPO, "--url", "https://h/x", "--password-stdin"],
    "Missing --username",
    { stdin: "p" },
  ],
  [
    "two kinds of credential",
    [...REPO, "--url", "https://h/x", "--username", "u", "--bearer-token-stdin"],
    "The bearer token cannot be combined with --username: give one kind of credential",
    { stdin: "t" },
  ],
  [
    "the second of two URLs",
    [...REPO, "--url", "https://h/x", "--url", "ftp://h/x"],
    /^error: --url \(at 1\) /,
  ],
  [
    "an option of another type",
    [...REPO.with(-1, "helm"), "--url", "https://h/x", "--enable-lfs"],
    "--enable-lfs is for Git repositories only",
  ],
  ["verify nothing", ["verify"], `Missing --username; ${NO_PASSWORD.replace("Missing ", "")}`],
  ["verify a registry without a user", ["verify"], "Missing --username", PASSWORD],
  ["verify without a URL", ["verify", "--type", "git"], "Missing --url"],
  [
    "verify with what is another kind's",
    ["verify", "--url", "https://h", "--username", "u"],
    "--url is for repositories only",
    PASSWORD,
  ],
  ["a secret that is none", ["secrets", "one", "a/b"], NO_SECRET],
  ["a cluster with a slash", ["secrets", "a/b"], NO_SECRET],
  ["a place without a namespace", ["secrets", "one//n"], NO_SECRET],
  ["a place with too many parts", ["delete", "one/a/b/n", "--yes"], NO_SECRET],
  [
    "a place beside another form",
    ["delete", "one/a/n", "n", "--yes"],
    "Give all secrets as CLUSTER/NAMESPACE/NAME, or none",
  ],
  [
    "a place, and a flag for its cluster",
    ["secrets", "one/a/n", "--cluster", "one"],
    "Give CLUSTER/NAMESPACE/NAME or flags for clusters (--cluster, --selector, --all-clusters), " +
    "not both",
  ],
  [
    "a place, and a flag for its namespace",
    ["delete", "one/a/n", "--namespaces", "b", "--yes"],
    "Give CLUSTER/NAMESPACE/NAME or --namespaces, not both",
  ],
  [
    "an object without a cluster",
    ["secrets", "secret/n"],
    "Missing CLUSTER, --cluster, --selector or --all-clusters beside secret/NAME",
  ],
  [
    "several names that may be clusters",
    ["delete", "one", "n", "m", "--yes"],
    "Give one NAME, or several as secret/NAME or CLUSTER/NAMESPACE/NAME",
  ],
  [
    "an exit code of what nobody looks for",
    ["delete", "one", "n", "--dry-run=client", "--exit-code"],
    "--exit-code needs --dry-run=server: only the cluster can tell whether something would change",
  ],
  [
    "one of what is done",
    ["delete", "one", "n", "--yes", "--exit-code"],
    "--exit-code needs --dry-run=server: only the cluster can tell whether something would change",
  ],
  ["a secret that no URL can have", ["secrets", "one", ".."], "NAME must be a secret's name"],
  ["an empty cluster", ["secrets", ""], /^error: CLUSTER is invalid: a cluster name/],
  [
    "a flag of a list beside a name",
    ["secrets", "one", "n", "--url-prefix", "https://a"],
    /--url-prefix filters a list: omit NAME/,
  ],
  [
    "a namespace that is none",
    ["secrets", "one", "--namespace", "A"],
    /--namespace must be a valid namespace name/,
  ],
  ["delete without a name", ["delete", "one", "--yes"], /^error: Missing NAME/],
  [
    "delete by both",
    ["delete", "one", "n", "--cluster", "two", "--yes"],
    /CLUSTER or flags for clusters/,
  ],
  ["delete a name that is none", ["delete", "one", "a/b", "--yes"], NO_SECRET],
  [
    "delete where nobody can be asked",
    ["delete", "one", "n"],
    /Cannot prompt without a terminal\. Give --yes to delete/,
  ],
  [
    "a format that is none",
    ["clusters", "-o", "xml"],
    /^error: --output must be table, wide, json, yaml or name\n/,
  ],
  [
    "names of what has none",
    ["verify", "-o", "name"],
    "--output must be table, wide, json or yaml",
  ],
];

bothWays("wrong usage exits with 2, and names the flag", async (stage, way) => {
  // A server's errors are reported in the same way; a few rows check that.
  const rows = way === "in process" ? ROWS : ROWS.slice(0, 8);
  await eachOf(rows, async ([what, args, says, given]) => {
    const ended = await stage.run(args, given);
    const hint = /\nRun 'argocd-configurer [a-z ]+ --help' for usage\n$/;
    const told = { ...ended, stderr: ended.stderr.replace(hint, "\n") };
    assertEnded(told, { code: 2, stderr: typeof says === "string" ? `error: ${says}\n` : says });
    assert.ok(!ended.stderr.includes("not-a-password"), what);
  });
  assert.deepEqual(asked(stage), []);
});

/** The requests that the emulated clusters got. */
function asked({ emulators: { one, two } }: Stage): readonly string[] {
  return [...one.requests, ...two.requests];
}

/** Conflicting or invalid flags. */
const WAYS_MIXED: Row[] = [
  [
    "another folder",
    ["--server", "http://localhost:1", "--clusters-folder", "x"],
    /--clusters-folder cannot be used with/,
  ],
  [
    "another file",
    ["--server", "http://localhost:1", "--config", "x"],
    /--config cannot be used with/,
  ],
  ["certificates of no server", ["--server-ca", "x"], /--server-ca needs --server/],
  [
    "a configuration that is not there",
    ["--config", "x"],
    /^error: Cannot use configuration file x: no such file$/m,
  ],
  ["a transport that is none", ["--transport", "x"], /'transport'/],
  ["a level that is none", ["--log-level", "x"], /'log-level'/],
  ["a server that is no URL", ["--server", "localhost:8091"], /it must be the URL of a server/],
  ["one with a user", ["--server", "https://u:secret-in-url@h"], /the URL must not contain a user/],
  ["one with a query", ["--server", "https://h/?a=b"], /the URL must not have a query/],
  [
    "one that is asked without TLS",
    ["--server", "http://example.com"],
    /passwords would be sent over the network unencrypted/,
  ],
  ["no such certificates", ["--server", "https://h", "--server-ca", "x"], /no such file/],
  [
    "a token that is none",
    ["--server", "https://h"],
    /ARGOCD_CONFIGURER_TOKEN: a token has no spaces/,
    {
      env: { ARGOCD_CONFIGURER_TOKEN: "not a-token" },
    },
  ],
];

Deno.test("conflicting or invalid flags for the server or this machine are wrong usage", () =>
  onStage(async (stage) => {
    await eachOf(WAYS_MIXED, async ([what, args, says, given]) => {
      const ended = await stage.runAlone(["clusters", ...args], given);
      assertEnded(ended, { code: 2, stderr: says });
      assert.doesNotMatch(ended.stderr, /secret-in-url|not a-token/, what);
    });
    assert.deepEqual(asked(stage), []);
  }));

/** Arguments that may be misplaced secrets, and the error for each. */
const WRONG: [args: (secret: string) => string[], says: string][] = [
  [(s) => ["docker", "add", `--password-stdin=${s}`], "--password-stdin takes no value"],
  [(s) => ["docker", "add", "--password-stdin", s], "Too many arguments: the command takes none"],
  [(s) => ["secrets", "one", "n", s], "Give one NAME, or several as secret/NAME or CLUSTER/"],
  [(s) => ["secrets", "one", `${s}/${s}`], "A secret must be given as NAME, secret/NAME or"],
  [(s) => ["repo", `--pass=${s}`], "Unknown command '--pass=…'"],
  [(s) => ["repo", "add", "--type", s], "--type must be git, helm or oci"],
  [(s) => ["repo", "add", "--depth", s], "--depth must be a number"],
  [(s) => ["repo", "add", "--name", s, "--name", s], "--name is given twice, but takes one value"],
  [(s) => ["clusters", "--request-timeout", s], "--request-timeout must be a number of seconds"],
  [(s) => ["completion", s], "SHELL must be bash, zsh or fish"],
  [(s) => ["--port", s], "--port must be a number"],
];

Deno.test("an error in an argument gives its name, and never its value", () =>
  onStage(({ runAlone, canary }) =>
    eachOf(WRONG, async ([args, says]) => {
      const { code, stdout, stderr } = await runAlone(args(canary.value));
      canary.absentFrom(stdout + stderr, says);
      assert.deepEqual([code, stdout, stderr.slice(0, `error: ${says}`.length)], [
        2,
        "",
        `error: ${says}`,
      ]);
    })
  ));

/** Flags that do not exist, since they would take a secret. */
const SECRET_FLAGS: [flag: string, instead: string][] = [
  [
    "password",
    "--password-stdin, --password-file or the environment variable ARGOCD_CONFIGURER_PASSWORD",
  ],
  ["bearer-token", "--bearer-token-stdin or --bearer-token-file"],
  ["ssh-private-key", "--ssh-private-key-file"],
  ["github-app-private-key", "--github-app-private-key-file"],
  ["registries", "--registries-file"],
  ["tls-client-key", "--tls-client-key-file"],
  ["gcp-service-account-key", "--gcp-service-account-key-file"],
  ["token", "the environment variable ARGOCD_CONFIGURER_SERVER_TOKEN"],
];

Deno.test("no flag takes a secret, and a given secret is not repeated", () =>
  onStage(async ({ runAlone, canary }) => {
    const secret = canary.value;
    await eachOf(SECRET_FLAGS, async ([flag, instead]) => {
      const says =
        `error: --${flag} is not accepted: every user of this machine can read arguments. ` +
        `Use ${instead}\n`;
      const ways = [`--${flag}=${secret}`].flatMap((arg) =>
        ["repo add", "docker add", "repo", ""].map((words) => [...words.split(" "), arg])
      );
      for (const args of [["repo", "add", `--${flag}`, secret], ...ways]) {
        const ended = await runAlone(args.filter((each) => each !== ""));
        assert.deepEqual([ended.code, ended.stderr.split("Run 'argo")[0]], [2, says]);
      }
    });
    const short = [["-p", secret], [`-p=${secret}`], [`-p${secret}`], [`-p1${secret}`]];
    await eachOf(short, async (args) => {
      for (const command of [["docker", "add"], ["verify"], ["delete", "one", "n"]]) {
        const ended = await runAlone([...command, ...args]);
        assertEnded(ended, { code: 2, stderr: /--password is not accepted: .*--password-stdin/ });
      }
    });
    for (const args of [[`--password=\n${secret}`], [`--password=${secret}\nmore`]]) {
      assertEnded(await runAlone(["docker", "add", ...args]), {
        code: 2,
        stderr: /--password is not accepted/,
      });
    }
    const proxy = ["--proxy", `http://u:${secret}@proxy:3128`];
    assertEnded(await runAlone([...REPO, "--url", "https://h/x", ...proxy]), {
      code: 2,
      stderr: /--proxy must not contain a user.*--proxy-file/,
    });
  }));
