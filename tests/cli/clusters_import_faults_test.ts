import assert from "node:assert/strict";
import { onHost } from "./clusters_import_host.ts";
import { assertEnded, type Expected } from "./credentials_support.ts";

/** Errors of `clusters import`, `add` and `remove`: they are reported, and nothing changes. */

const MISUSED: readonly (readonly [args: readonly string[], expected: Expected])[] = [
  [["import"], {
    code: 2,
    stderr: /^error: Cannot prompt without a terminal\. Give --yes to import, or --dry-run/,
  }],
  [["import", "--yes", "--context", "nope*"], {
    code: 2,
    stderr: /^error: No context matches 'nope\*' in .*\/\.kube\/config, which has: a, b\n$/,
  }],
  [["import", "--yes", "--context", "*,!*"], { code: 2, stderr: /excludes every context/ }],
  [["import", "--yes", "--label", "env"], { code: 2, stderr: /'env' is not KEY=VALUE/ }],
  [["import", "--yes", "--label", "a b=c"], {
    code: 2,
    stderr: /'a b' is not a valid label key: /,
  }],
  [["import", "--yes", "--label", "a=b c"], {
    code: 2,
    stderr: /'b c' is not a valid label value: /,
  }],
  [["import", "--yes", "--kubeconfig", "nowhere"], {
    code: 1,
    stderr: "error: Kubeconfig 'nowhere' does not exist\n",
  }],
  [["import", "--yes", "--kubeconfig", "/dev/zero"], {
    code: 1,
    stderr: "error: Cannot use kubeconfig '/dev/zero': it is not a regular file\n",
  }],
  [["import", "--yes", "--server", "http://127.0.0.1:1"], {
    code: 2,
    stderr: /^error: 'clusters import' works on the clusters folder of this machine/,
  }],
  [["add"], { code: 2, stderr: /^error: Missing NAME \(clusters add NAME\)\n/ }],
  [["add", "../x"], {
    code: 2,
    stderr: /^error: Cannot use name '\.\.\/x': a cluster name starts/,
  }],
  [["add", "x", "--context", "aa"], {
    code: 2,
    stderr: /^error: No context 'aa' in .*config(, which has: a, b| \(did you mean 'a'\?\))/,
  }],
  [["remove"], { code: 2, stderr: /^error: Missing NAME/ }],
  [["remove", "x"], {
    code: 2,
    stderr: /^error: Cannot prompt without a terminal\. Give --yes to remove/,
  }],
  [["remove", "x", "--yes"], {
    code: 1,
    stderr: /^error: No cluster 'x' in \/.*\/clusters\n/,
  }],
  [["remove", "../../x", "--yes"], {
    code: 1,
    stderr: /^error: No cluster '\.\.\/\.\.\/x'/,
  }],
];

for (const [args, expected] of MISUSED) {
  Deno.test(`clusters ${args.join(" ")} reports the error, and changes nothing`, () =>
    onHost(["a", "b"], async ({ run, files }) => {
      assertEnded(await run(...args), expected);
      assert.deepEqual(files(), []);
    }));
}

Deno.test("with ARGOCD_CONFIGURER_SERVER set, clusters import reports that it changes this machine only", () =>
  onHost(["a"], async ({ clusters, run }) => {
    const ended = await run("import", "--dry-run");
    assert.equal(ended.code, 0);
    assert.ok(
      ended.stderr.startsWith(
        `note: this changes ${clusters} on this machine, not on the server of ARGOCD_CONFIGURER_SERVER\n`,
      ),
      ended.stderr,
    );
  }, { ARGOCD_CONFIGURER_SERVER: "http://127.0.0.1:1" }));

Deno.test("an unusable clusters folder is rejected, and one file that cannot be written does not stop the others", () =>
  onHost(["a", "b"], async ({ home, clusters, run, files }) => {
    await Deno.chmod(clusters, 0o777);
    for (const args of [["import", "--dry-run"], ["add", "x"], ["remove", "a", "--yes"]]) {
      assertEnded(await run(...args), {
        code: 2,
        stderr: /^error: Cannot use clusters folder \/.*\/clusters\b.*it is world-writable/,
      });
    }
    await Deno.chmod(clusters, 0o700);
    await Deno.mkdir(`${clusters}/a.kubeconfig`);
    const ended = await run("import", "--yes");
    assertEnded({ ...ended, stdout: "" }, {
      code: 3,
      stderr: /error: Cannot write \/.*\/a\.kubeconfig: .*\n1 cluster created, 1 failed, in /,
    });
    assert.deepEqual(files(), ["a.kubeconfig", "b.kubeconfig"]);
    await home.write("file", "");
    assertEnded(await run("import", "--yes", "--clusters-folder", "file"), {
      code: 2,
      stderr: /^error: Cannot use clusters folder \/.*\/file: its parent is not a folder\n$/,
    });
  }));
