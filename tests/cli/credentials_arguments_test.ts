import assert from "node:assert/strict";
import { seed } from "./credentials_seed.ts";
import { assertEnded, eachOf, onStage } from "./credentials_support.ts";
import { programCommand } from "./support.ts";

/** How arguments may be written, errors in them, and their help. */

Deno.test("arguments are parsed as kubectl parses them", () =>
  onStage(async (stage) => {
    seed(stage);
    const same: string[][][] = [
      [["secrets", "one", "-o", "json"], ["secrets", "one", "-ojson"], [
        "secrets",
        "-ojson",
        "one",
      ]],
      [["secrets", "one", "-o", "name"], ["secrets", "-oname", "--", "one"]],
      [
        ["secrets", "one", "pull", "--namespace", "team-a", "-o", "name"],
        ["secrets", "one", "pull", "--namespaces", "team-a", "-o", "name"],
        ["secrets", "one", "pull", "-n", "team-a", "-oname"],
        ["secrets", "one", "-nteam-a", "-o=name", "--", "pull"],
      ],
      [
        ["delete", "one", "pull", "--namespaces", "team-a", "--force", "--dry-run", "client"],
        ["delete", "one", "pull", "--namespace=team-a", "--force", "--force", "--dry-run=client"],
        [
          "delete",
          "-n",
          "team-a",
          "-y",
          "--yes",
          "--force",
          "--dry-run=client",
          "--",
          "one",
          "pull",
        ],
      ],
    ];
    await eachOf(same, async ([first, ...others]) => {
      const wanted = await stage.run(first!);
      assert.deepEqual([wanted.code, wanted.stdout === ""], [0, false], wanted.stderr);
      for (const args of others) assert.deepEqual(await stage.run(args), wanted, args.join(" "));
    });
  }));

Deno.test("completion works after interspersed arguments and short flags", () =>
  onStage(async ({ runAlone }) => {
    const words = ["delete", "one", "n", "--namespace", "a", "-ojson", "--yes", "-y", "--dry"];
    const { code, stdout } = await runAlone(["complete", "--", ...words]);
    assert.deepEqual([code, stdout.split("\t")[0]], [0, "--dry-run"]);
  }));

/** The help that each error refers to. */
const HINTS: [args: string[], says: RegExp][] = [
  [
    ["docker", "add", "--nope"],
    /\nRun 'argocd-configurer docker add --help' for usage\n$/,
  ],
  [["docker", "ad"], /\nRun 'argocd-configurer docker --help' for usage\n$/],
  [["secrets", "a", "b", "c"], /\nRun 'argocd-configurer secrets --help' for usage\n$/],
  [["docker", "add"], /^error: Missing .*\nRun 'argocd-configurer docker add --help' for usage\n$/],
  [["delete", "one"], /^error: Missing .*\nRun 'argocd-configurer delete --help' for usage\n$/],
  [["secrets"], /^error: Missing CLUSTER.*\nRun 'argocd-configurer secrets --help' for usage\n$/],
  [
    ["delete", "one", "n"],
    /Give --yes to delete\nRun 'argocd-configurer delete --help' for usage\n$/,
  ],
  [
    ["token", "create", "--name", "x"],
    /^error: Missing --role\nRun 'argocd-configurer token create --help' for usage\n$/,
  ],
  [
    ["token", "remove"],
    /^error: Missing NAME .*\nRun 'argocd-configurer token remove --help' for usage\n$/,
  ],
  [
    ["nope"],
    /\nRun 'argocd-configurer --help' for the commands, '.* COMMAND --help' for their flags\n$/,
  ],
  [
    ["--nope"],
    /\nRun 'argocd-configurer --help' for the commands, '.* COMMAND --help' for their flags\n$/,
  ],
  [
    ["clusters", "--kubectl-timeout", "10s"],
    /^error: --kubectl-timeout must be a number of seconds, such as 30\n/,
  ],
  [["clusters", "--kubectl-timeout", ""], /must be a number of seconds/],
];

Deno.test("an error in the arguments refers to the help of the command", () =>
  onStage(({ runAlone }) =>
    eachOf(HINTS, async ([args, stderr]) => {
      assertEnded(await runAlone(args), { code: 2, stderr });
    })
  ));

Deno.test("help marks the required flags, and states units", () =>
  onStage(async ({ runAlone }) => {
    for (const command of [["docker", "add"], ["repo", "add"]]) {
      const { stdout } = await runAlone([...command, "--help"]);
      const flags = stdout.split(/\n {2}(?: {4}|-\w, )(?=--)/).slice(1);
      const marked = flags.filter((text) => /\(required/.test(text))
        .map((text) => /^--[\w-]+/.exec(text)![0]);
      const bare = await runAlone(command, { env: { ARGOCD_CONFIGURER_PASSWORD: "not-one" } });
      const missed = [...bare.stderr.split("\n")[0]!.matchAll(/--[\w-]+/g)].map(([flag]) => flag)
        .filter((flag) => flag !== "--namespace-selector" && flag !== "--all-namespaces");
      assert.deepEqual(marked.toSorted(), missed.toSorted(), stdout);
      assert.match(stdout, /--kubectl-timeout SECONDS [^-]*in\s+seconds/);
    }
    const { stdout } = await runAlone(["restart", "--help"]);
    assert.match(stdout, /--wait SECONDS [^(]*\(seconds;\s+default:\s+\d+\)/);
    assert.match(stdout, /--timeout SECONDS [^(]*\(seconds;\s+default:\s+\D[^)]*\)/); // from the server
  }));

/** What prints to standard output: a command, help, and completion. */
const PRINTING = [["version"], ["--help"], ["clusters"], ["complete", "--", "ser"]];

Deno.test({
  name: "a full disk is reported in one line, without a stack trace",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    onStage(({ folder: { path: cwd } }) =>
      eachOf(PRINTING, async (args) => {
        const { code, stderr } = await new Deno.Command("sh", {
          args: ["-c", '"$@" > /dev/full', "sh", ...programCommand(args)],
          cwd,
          env: { NO_COLOR: "1" },
        }).output();
        const why = "Cannot write to standard output: no space left on device";
        const isAsked = args[0] === "complete";
        const said = new TextDecoder().decode(stderr);
        assert.deepEqual([code, said], [1, isAsked ? "" : `error: ${why}\n`], args.join(" "));
      })
    ),
});
