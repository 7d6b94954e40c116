import assert from "node:assert/strict";
import { join } from "node:path";
import { onPath, realWorld } from "../../scripts/control_plane/cache.ts";
import { installedProgram } from "../../scripts/control_plane/debian.ts";
import { MAIN } from "./support.ts";

/** Completion in real shells, with the program as users run it. */

/** A shell on this machine; in CI its package is installed where it is missing. */
const findShell = (name: string) => installedProgram(name, name, realWorld);

const shells = {
  bash: await findShell("bash"),
  zsh: await findShell("zsh"),
  fish: await findShell("fish"),
};
/** Provides a terminal, for shells that complete only in one. Only Linux's version is supported. */
const script = Deno.build.os === "linux" ? await onPath("script", realWorld) : undefined;

/** A folder to complete in. The `argocd-configurer` on PATH records its arguments. */
interface Place extends AsyncDisposable {
  readonly path: string;
  readonly env: Record<string, string>;
  /** The arguments of each run. */
  runs(): Promise<string[]>;
}

async function place(): Promise<Place> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  for (const folder of ["bin", "home", "work/my folder", "work/it's: a=b", "work/functions"]) {
    await Deno.mkdir(join(path, folder), { recursive: true });
  }
  for (const file of ["conf.yaml", "my folder/c d.yaml", "it.yaml"]) {
    await Deno.writeTextFile(join(path, "work", file), "");
  }
  await Deno.writeTextFile(join(path, "runs"), "");
  await Deno.writeTextFile(
    join(path, "bin", "argocd-configurer"),
    `#!/bin/sh
case $1 in
  complete | completion) HOME=$REAL_HOME exec "$DENO" run -A --no-check "$MAIN" "$@" ;;
esac
{ printf '<%s>' "$@"; echo; } >>"$RUNS"
`,
    { mode: 0o755 },
  );
  return {
    path: join(path, "work"),
    env: {
      PATH: `${join(path, "bin")}:${Deno.env.get("PATH")}`,
      HOME: join(path, "home"),
      XDG_CONFIG_HOME: join(path, "home"),
      XDG_DATA_HOME: join(path, "home"),
      REAL_HOME: Deno.env.get("HOME") ?? "",
      DENO: Deno.execPath(),
      MAIN,
      RUNS: join(path, "runs"),
      NO_COLOR: "1",
      TERM: "xterm",
      LC_ALL: "C.UTF-8",
    },
    async runs() {
      return (await Deno.readTextFile(join(path, "runs"))).split("\n").slice(0, -1);
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** Runs a program in the folder until it exits; it is killed after two minutes. */
async function execute(
  { path, env }: Place,
  command: string,
  args: readonly string[],
  input = "",
): Promise<{ stdout: string; stderr: string }> {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: path,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  }).spawn();
  const [{ stdout, stderr }] = await Promise.all([
    child.output(),
    new Blob([input]).stream().pipeTo(child.stdin).catch(() => {}), // it has ended
  ]);
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Types lines into a shell in a terminal. Returns the runs and the text on the screen. */
async function typed(place: Place, shell: string, lines: readonly string[]) {
  const input = [...lines, "exit", ""].join("\n");
  const { stdout } = await execute(place, script!, ["-qec", shell, "/dev/null"], input);
  return { runs: await place.runs(), seen: stdout };
}

/** Lines with a tab for completion, and the arguments that the program gets. */
const LINES = [
  ["sta\tr\tx", "<start><x>"],
  ["sto\tx", "<stop><x>"],
  ["--tran\tap\tx", "<--transport><api><x>"],
  ["serve --transport=ap\tx", "<serve><--transport=api><x>"],
  ["--log-format=\tt\tx", "<--log-format=text><x>"],
  ['--log-format "js\t x', "<--log-format><json><x>"],
  [`--config "/a:b c'd=" --log-le\terr\tx`, "<--config></a:b c'd=><--log-level><error><x>"],
  ["--config a:b=c --log-le\terr\tx", "<--config><a:b=c><--log-level><error><x>"],
  ["--config co\tx", "<--config><conf.yaml><x>"],
  ["--config=co\tx", "<--config=conf.yaml><x>"],
  ["--config my\\ f\tc\tx", "<--config><my folder/c d.yaml><x>"],
  ["--config=my\\ f\tc\tx", "<--config=my folder/c d.yaml><x>"],
  ["stop --run-dir it\tx", "<stop><--run-dir><it's: a=b/x>"],
  ["stop --run-dir=it\tx", "<stop><--run-dir=it's: a=b/x>"],
  ["--config '$(echo 1)' --tran\tx", "<--config><$(echo 1)><--transport><x>"],
  ["serve c\tx", "<serve><cx>"],
  ["help docker a\tx", "<help><docker><add><x>"],
  ["get sec\tx", "<get><secrets><x>"],
  ["token list --color=al\tx", "<token><list><--color=always><x>"],
  ["nope c\tx", "<nope><cx>"],
] as const;

/** How each shell is started without the user's files, and how completion is enabled. */
const TERMINALS = {
  bash: {
    shell: "bash --norc --noprofile -i",
    source: ["source <(argocd-configurer completion bash)"],
  },
  zsh: {
    shell: "zsh -f -i",
    source: [
      "autoload -Uz compinit; compinit -D -u",
      "source <(argocd-configurer completion zsh)",
    ],
  },
} as const;

for (const name of ["bash", "zsh"] as const) {
  const { shell, source } = TERMINALS[name];
  const ignore = shells[name] === undefined || script === undefined;

  Deno.test({
    name: `${name} completes the typed words`,
    ignore,
    fn: async () => {
      await using folder = await place();
      const lines = LINES.map(([line]) => `argocd-configurer ${line}`);
      const { runs, seen } = await typed(folder, shell, [...source, ...lines]);
      assert.deepEqual(runs, LINES.map(([, run]) => run), seen);
    },
  });

  Deno.test({
    name: `${name} prints nothing if the program is missing`,
    ignore,
    fn: async () => {
      await using folder = await place();
      const { seen } = await typed(folder, shell, [
        ...source,
        "PATH=$PWD",
        "false && argocd-configurer sta\tx",
        "echo and ends",
      ]);
      assert.match(seen, /^and ends\r?$/m);
      assert.match(seen.replaceAll("\x07", ""), /argocd-configurer stax/);
      assert.doesNotMatch(seen, /not found|No such/);
    },
  });
}

Deno.test({
  name: "zsh loads the completion from a file in a folder of fpath",
  ignore: shells.zsh === undefined || script === undefined,
  fn: async () => {
    await using folder = await place();
    const { runs, seen } = await typed(folder, TERMINALS.zsh.shell, [
      "argocd-configurer completion zsh >functions/_argocd-configurer",
      "fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -D -u",
      "argocd-configurer sto\tx", // loads the file
      "argocd-configurer --config co\tx",
    ]);
    assert.deepEqual(runs, ["<stop><x>", "<--config><conf.yaml><x>"], seen);
  },
});

Deno.test({
  name: "in zsh, a script sourced before compinit reports what is missing",
  ignore: shells.zsh === undefined,
  fn: async () => {
    await using folder = await place();
    const command = "source <(argocd-configurer completion zsh)";
    const said = await execute(folder, shells.zsh!, ["-f", "-c", command]);
    assert.equal(said.stdout, "");
    assert.match(said.stderr, /^argocd-configurer: for completion, run compinit .*\n$/);
  },
});

/** Calls the function as bash does, with the word to replace in `$2`. */
async function bashReplies(
  folder: Place,
  line: string,
  replaced: string,
  before = "",
): Promise<string[]> {
  const { stdout, stderr } = await execute(folder, shells.bash!, [
    "--norc",
    "--noprofile",
    "-c",
    `source <(argocd-configurer completion bash); ${before}
    COMP_LINE=$1 COMP_POINT=\${#1}
    _argocd_configurer argocd-configurer "$2" ""
    printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    line,
    replaced,
  ]);
  assert.equal(stderr, "");
  return stdout.split("\n").filter((one) => one !== "");
}

Deno.test({
  name: "the bash function returns only the part of the word that bash replaces",
  ignore: shells.bash === undefined,
  fn: async () => {
    await using folder = await place();
    const replies = (line: string, replaced: string) =>
      bashReplies(folder, `argocd-configurer ${line}`, replaced);
    assert.deepEqual(await replies("sta", "sta"), ["start", "status"]);
    assert.deepEqual(await replies("--transport=a", "a"), ["auto", "api"]);
    assert.deepEqual(await replies("--transport=", "="), ["auto", "kubectl", "api"]);
    // Without = among COMP_WORDBREAKS.
    assert.deepEqual(await replies("--log-format=j", "--log-format=j"), ["--log-format=json"]);
    assert.deepEqual(await replies("--config x", "x"), []);
    assert.deepEqual(await replies(`--config "a b" 'c d`, "c d"), []);
  },
});

Deno.test({
  name: "the scripts evaluate neither the program's output nor the typed line",
  ignore: shells.bash === undefined,
  fn: async () => {
    await using folder = await place();
    const evil = "argocd-configurer() { echo 'x$(touch evil)`touch evil`'; echo 'x*'; }";
    const replies = await bashReplies(
      folder,
      "argocd-configurer --config $(touch evil) x",
      "x",
      evil,
    );
    assert.deepEqual(replies, ["x$(touch evil)`touch evil`", "x*"]);
    await assert.rejects(Deno.stat(join(folder.path, "evil")), Deno.errors.NotFound);
  },
});

/** The proposals of fish for the last word of each line. */
async function fishProposes(folder: Place, lines: readonly string[], before = "") {
  const { stdout, stderr } = await execute(folder, shells.fish!, [
    "--no-config",
    "-c",
    `argocd-configurer completion fish | source; ${before}
    for line in $argv; complete -C $line; echo .; end`,
    ...lines,
  ]);
  assert.equal(stderr, "");
  const proposals = stdout.split(/^\.\n/m).slice(0, -1);
  return proposals.map((some) => some.split("\n").slice(0, -1));
}

Deno.test({
  name: "fish proposes commands, flags and values",
  ignore: shells.fish === undefined,
  fn: async () => {
    const expected: readonly (readonly [line: string, proposals: readonly string[]])[] = [
      ["sta", [
        "start\tStart the server in the background and wait until it is healthy",
        "status\tShow the status of the background server",
      ]],
      ["--log-fo", ["--log-format\tLog format: text or json (default: text)"]],
      ["--transport ", ["api", "auto", "kubectl"]],
      ["serve --transport=ap", ["--transport=api"]],
      ['--log-format "js', ["json"]],
      ["completion z", ["zsh"]],
      [`--config "/a:b c'd=" --log-le`, [
        "--log-level\tMinimum log level: debug, info, warning or error (default: info)",
      ]],
      ["--config a:b=c --log-le", [
        "--log-level\tMinimum log level: debug, info, warning or error (default: info)",
      ]],
      ["--config co", ["conf.yaml"]],
      ["--config=co", ["--config=conf.yaml"]],
      ["--config my\\ folder/", ["my folder/c d.yaml"]],
      ['--config "my f', ["my folder/"]],
      ["stop --run-dir it", ["it's: a=b/"]],
      ["stop --run-dir=it", ["--run-dir=it's: a=b/"]],
      ["stop --run-dir (touch evil)", []],
      ["--config (touch evil) --log-fo", [
        "--log-format\tLog format: text or json (default: text)",
      ]],
      ["serve c", []],
      ["nope c", []],
    ];
    await using folder = await place();
    const lines = expected.map(([line]) => `argocd-configurer ${line}`);
    const proposals = await fishProposes(folder, lines);
    assert.deepEqual(
      lines.map((line, i) => [line, proposals[i]]),
      expected.map(([, some], i) => [lines[i], some]),
    );
    await assert.rejects(Deno.stat(join(folder.path, "evil")), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "fish prints nothing if the program is missing, and does not evaluate its output",
  ignore: shells.fish === undefined,
  fn: async () => {
    await using folder = await place();
    const line = ["argocd-configurer x"];
    assert.deepEqual(await fishProposes(folder, line, "set PATH $PWD;"), [[]]);
    const evil = "function argocd-configurer; echo 'x(touch evil)'; end;";
    assert.deepEqual(await fishProposes(folder, line, evil), [["x(touch evil)"]]);
    await assert.rejects(Deno.stat(join(folder.path, "evil")), Deno.errors.NotFound);
  },
});
