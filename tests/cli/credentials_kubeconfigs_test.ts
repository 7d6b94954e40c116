import assert from "node:assert/strict";
import { assertEnded, onStage } from "./credentials_support.ts";

/** A kubeconfig whose user has a credential plugin. */
const withPlugin = (kubeconfig: string) =>
  kubeconfig.replace(
    "user: {}",
    "user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin}}",
  );

/** `clusters -o wide` shows the state of kubeconfigs without a request to their clusters. */

Deno.test("clusters -o wide shows whether each kubeconfig is usable, or why not, without a request to a cluster", () =>
  onStage(async ({ run, emulators: { one, two }, folder: { path, write } }) => {
    const good = one.kubeconfig();
    const files = {
      "broken.kubeconfig": "clusters: [",
      "empty.kubeconfig": "",
      "open.kubeconfig": good,
      "readable.kubeconfig": good,
      "plugin.kubeconfig": withPlugin(good.replaceAll(one.url, "https://api.example.com")),
      "socks.kubeconfig": good.replaceAll(
        one.url,
        `${one.url}\n    proxy-url: socks5://127.0.0.1:1`,
      ),
      "twice.kubeconfig": good.replace(/^clusters:\n/m, "clusters:\n- name: emulator\n"),
      "user.kubeconfig": good.replaceAll(
        one.url,
        "http://u:secret-in-url@api.example.com:6443/k/?a=b",
      ),
    };
    for (const [name, text] of Object.entries(files)) await write(`clusters/${name}`, text);
    await Deno.chmod(`${path}/clusters/open.kubeconfig`, 0o666);
    await Deno.chmod(`${path}/clusters/readable.kubeconfig`, 0o644);
    await Deno.symlink("nowhere", `${path}/clusters/link.kubeconfig`);
    const ended = await run(["clusters", "-o", "wide"]);
    const stderr =
      "warning: Kubeconfig 'clusters/readable.kubeconfig' is readable by other users. Run chmod " +
      "600 on it\n";
    assertEnded(ended, { stdout: /^NAME +SERVER +KUBECONFIG +LABELS +TRANSPORT\n/, stderr });
    const rows = ended.stdout.trimEnd().split("\n").slice(1)
      .map((line) => line.split(/ {3,}/).slice(0, 3));
    const readable = "usable; same server as one";
    assert.deepEqual(rows, [
      ["broken", "<none>", "rejected: it is not valid YAML at line 1, column 12"],
      ["empty", "<none>", "rejected: it is empty"],
      ["gone", "http://127.0.0.1:1", "usable"],
      ["link", "<none>", "rejected: it does not exist"],
      ["one", one.url, "usable; same server as readable"],
      ["open", "<none>", "rejected: it is world-writable; run chmod go-w on it"],
      [
        "plugin",
        "<none>",
        "rejected: the credential plugin 'no-such-plugin' of its current user is not on the server's " +
        "PATH (executable not found)",
      ],
      ["readable", one.url, readable],
      [
        "socks",
        "<none>",
        "rejected: its current cluster uses a SOCKS proxy, which only the kubectl transport supports",
      ],
      ["twice", "<none>", "rejected: two entries of its 'clusters' have the same name"],
      ["two", two.url, "usable"],
      ["user", "http://api.example.com:6443/k", "usable"],
    ]);
    assert.doesNotMatch(ended.stdout, /secret-in-url/);
    assert.deepEqual([...one.requests, ...two.requests], []);
    const names = rows.map(([name]) => name);
    assertEnded(await run(["clusters"]), { stdout: ["NAME", ...names, ""].join("\n"), stderr });
  }));

Deno.test("unreadable labels make every cluster unusable, with one warning that gives the reason", () =>
  onStage(async ({ run, folder: { write } }) => {
    await write("clusters/labels.yaml", "one:\n  env: a b\n");
    const { stdout, stderr } = await run(["clusters", "-o", "wide"]);
    const states = stdout.trimEnd().split("\n").slice(1).map((line) => line.split(/ {3,}/)[2]);
    assert.deepEqual(new Set(states), new Set(["unusable: labels unreadable"]));
    assert.match(
      stderr,
      /^warning: Cannot read cluster labels in clusters\/labels\.yaml:2: cluster 'one', label 'env', value 'a b': invalid label value: [^\n]+\n$/,
    );
    await write("clusters/labels.yaml", "one: {argocd-configurer.io/timeout: fast}\n");
    const other = await run(["clusters", "-o", "wide"]);
    assert.match(
      other.stdout,
      /^one .* unusable: label argocd-configurer\.io\/timeout is 'fast' and/m,
    );
  }));
