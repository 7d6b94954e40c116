import assert from "node:assert/strict";
import { join } from "node:path";
import { ownTrust } from "../files/trusted.ts";
import { configureLog } from "../log/logger.ts";
import { folderSource } from "./folder_source.ts";
import { contextsIn, furtherContexts, whyIgnored } from "./further_contexts.ts";
import { FolderLog } from "./folder_log.ts";

const withContexts = (count: number) => ({
  contexts: Array.from({ length: count }, (_, i) => ({
    name: `c${i}`,
    context: { cluster: "c", user: "u" },
  })),
  "current-context": "c0",
});

const FILES: [what: string, text: string, count: number][] = [
  ["an empty file", "", 0],
  ["a text", "context: a text about context: and so on", 0],
  ["invalid YAML", "contexts: [{context: 1}, {context: 2}", 0],
  ["one context in JSON", JSON.stringify(withContexts(1), null, 2), 1],
  ["twelve contexts in JSON", JSON.stringify(withContexts(12)), 12],
  [
    "two contexts in YAML",
    "contexts:\n- name: a\n  context: {cluster: c, user: u}\n- name: b\n  context:\n    cluster: c\n",
    2,
  ],
  ["a list of other things", JSON.stringify([{ context: 1 }, { context: 2 }]), 0],
];

for (const [what, text, count] of FILES) {
  Deno.test(`the number of contexts in ${what} is ${count}`, async () => {
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, text);
      assert.equal(contextsIn(file), count);
    } finally {
      await Deno.remove(file);
    }
  });
}

Deno.test("a folder, a FIFO, a large and a missing file count as no contexts, without blocking", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const fifo = join(folder, "fifo");
    await new Deno.Command("mkfifo", { args: [fifo] }).output();
    const large = join(folder, "large");
    await Deno.writeTextFile(large, JSON.stringify(withContexts(2)) + " ".repeat(1024 * 1024));
    for (const file of [folder, fifo, large, join(folder, "nothing")]) {
      assert.equal(contextsIn(file), 0, file);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the message names the file, the number of further contexts and the command to import them", () => {
  assert.equal(furtherContexts("clusters/all.kubeconfig", 1), undefined);
  assert.equal(
    furtherContexts("clusters/all.kubeconfig", 2),
    "clusters/all.kubeconfig has 1 further context that is not used. Import it with: argocd-configurer clusters " +
      "import --kubeconfig clusters/all.kubeconfig",
  );
  assert.equal(
    furtherContexts("my clusters/all.kubeconfig", 12),
    "my clusters/all.kubeconfig has 11 further contexts that are not used. Import them with: argocd-configurer " +
      "clusters import --kubeconfig 'my clusters/all.kubeconfig'",
  );
});

Deno.test("for a misnamed file with several contexts, the message also offers to import them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const count of [1, 3]) {
      await Deno.writeTextFile(join(folder, `config${count}`), JSON.stringify(withContexts(count)));
    }
    const told = (file: string) => whyIgnored(folder, { file, why: "rename it" });
    assert.equal(told("config1"), "rename it");
    assert.equal(
      told("config3"),
      "rename it; or import its 3 contexts with: argocd-configurer clusters import --kubeconfig " +
        `${folder}/config3`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("further contexts of a kubeconfig are logged once, when its cluster is used", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, count] of [["all", 12], ["one", 1]] as const) {
      const text = JSON.stringify({
        ...withContexts(count),
        clusters: [{ name: "c", cluster: { server: "https://a.example.com" } }],
        users: [{ name: "u", user: { token: "fake-token" } }],
      });
      await Deno.writeTextFile(join(folder, `${name}.kubeconfig`), text, { mode: 0o600 });
    }
    const rules = { ...ownTrust(), allowExecPlugins: true };
    const lines: string[] = [];
    configureLog({ format: "text", level: "warning", write: (line) => void lines.push(line) });
    const source = folderSource(folder, rules, new FolderLog());
    for (const name of ["all", "one", "all"]) await source.find(name);
    assert.equal(lines.length, 1, lines.join(""));
    assert.match(lines[0]!, /kubeconfig has unused contexts/);
    assert.match(lines[0]!, /all\.kubeconfig unused=11 command=.*clusters import --kubeconfig \//);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
