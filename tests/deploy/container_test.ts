import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import { type Instruction, parseContainerfile } from "./containerfile.ts";
import { deployFile, readDeployFile, ROOT } from "./files.ts";

/** Checks of the container's files that need no container engine. */

/** Outputs of `deno task build`, which need not exist when the tests run. */
const BUILT = ["dist/argocd-configurer", "dist/THIRD_PARTY_LICENSES.txt"];

const instructions = parseContainerfile(await readDeployFile("container/Containerfile"));

function all(name: string): Instruction[] {
  return instructions.filter((each) => each.name === name);
}

/** `NAME=VALUE` words as a record. */
function pairs(name: string): Record<string, string> {
  const words = all(name).flatMap((each) => each.words);
  return Object.fromEntries(words.map((word) => {
    const at = word.indexOf("=");
    return [word.slice(0, at), word.slice(at + 1)];
  }));
}

Deno.test("a Containerfile is parsed into its instructions", () => {
  const text = `# comment
FROM base:1
copy --chmod=0755 --chown=1:2 a/b \\
  /c
# between
LABEL a="b c" \\
# inside
  d=e
CMD ["x", "--y"]
`;
  assert.deepEqual(parseContainerfile(text).map(({ name, flags, words }) => [name, flags, words]), [
    ["FROM", {}, ["base:1"]],
    ["COPY", { chmod: "0755", chown: "1:2" }, ["a/b", "/c"]],
    ["LABEL", {}, ["a=b c", "d=e"]],
    ["CMD", {}, ["x", "--y"]],
  ]);
});

Deno.test("the image has one base image with a tag that is not 'latest'", () => {
  const bases = all("FROM").map(({ words }) => words[0]!);
  assert.equal(bases.length, 1);
  assert.match(bases[0]!, /^[\w.-]+(\/[\w.-]+)+:(?!latest$)[\w.-]+$/);
  assert.equal(pairs("LABEL")["org.opencontainers.image.base.name"], bases[0]);
});

Deno.test("the image runs as a numbered user that is not root", () => {
  const users = all("USER").map(({ words }) => words);
  assert.deepEqual(users, [["65532:65532"]]);
  const last = instructions.findLastIndex(({ name }) => name === "USER");
  const later = instructions.slice(last + 1).map(({ name }) => name);
  assert.deepEqual(later.filter((name) => ["RUN", "COPY", "ADD"].includes(name)), []);
});

Deno.test("the image copies only build outputs and files of the project", async () => {
  assert.deepEqual(all("ADD"), []);
  const sources = all("COPY").flatMap(({ words }) => words.slice(0, -1));
  assert.ok(sources.includes("dist/argocd-configurer"));
  for (const source of sources.filter((each) => !BUILT.includes(each))) {
    assert.ok((await Deno.stat(`${ROOT}/${source}`)).isFile, source);
  }
});

Deno.test("third-party licenses are in the image, where Debian has them", () => {
  const target = "/usr/share/doc/argocd-configurer/";
  const copied = all("COPY").filter(({ words }) => words.at(-1) === target);
  assert.deepEqual(copied.flatMap(({ words }) => words.slice(0, -1)), [
    "LICENSE",
    "dist/THIRD_PARTY_LICENSES.txt",
  ]);
  // Engines differ in the mode of a folder that COPY creates.
  assert.ok(all("RUN").some(({ words }) => words.includes(target.slice(0, -1))));
});

Deno.test("the image's user can read copied files, and not write them", () => {
  for (const { flags, text } of all("COPY")) {
    assert.match(flags.chmod ?? "", /^0(644|755)$/, text);
    assert.equal(flags.chown, undefined, text);
  }
});

Deno.test("only the copied files are sent to the build engine", async () => {
  const text = await readDeployFile("container/Containerfile.dockerignore");
  const rules = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(rules[0], "*");
  const sources = all("COPY").flatMap(({ words }) => words.slice(0, -1));
  assert.deepEqual(rules.slice(1).sort(), sources.map((source) => `!${source}`).sort());
});

Deno.test("the image contains no credential", async () => {
  const secretive = /password|passwd|token|secret|credential|api_?key|private_?key/i;
  for (const name of ["ARG", "ENV", "LABEL"]) {
    for (const key of Object.keys(pairs(name))) assert.doesNotMatch(key, secretive);
  }
  for (const { text } of all("RUN")) assert.doesNotMatch(text, /curl|wget|https?:/);
  const config = await readDeployFile("container/config.yaml");
  assert.doesNotMatch(config, /password|token|BEGIN/i);
});

Deno.test("the image has the labels of the Open Container Initiative", () => {
  const labels = pairs("LABEL");
  for (const name of ["title", "description", "licenses", "version"]) {
    assert.ok(labels[`org.opencontainers.image.${name}`], name);
  }
});

Deno.test("the image starts the server, which receives signals directly", () => {
  const [entrypoint, command] = ["ENTRYPOINT", "CMD"].map((name) => all(name).at(-1)!);
  // In the form without brackets a shell would be process 1 and would not forward SIGTERM.
  for (const { text } of [entrypoint!, command!]) assert.match(text, /^\[/);
  assert.deepEqual(entrypoint!.words, ["/usr/local/bin/argocd-configurer", "serve"]);
  assert.deepEqual(command!.words, ["--config", "/etc/argocd-configurer/config.yaml"]);
  const targets = all("COPY").map(({ words }) => words.at(-1));
  assert.ok(targets.includes(entrypoint!.words[0]));
  assert.ok(targets.includes(command!.words[1]));
});

Deno.test("the command that runs the image mounts the folders that it writes to, and grants no privileges", async () => {
  const text = await Deno.readTextFile(`${ROOT}/docs/install.md`);
  const command = /^podman run (?:.*\\\n)*.*/m.exec(text)![0].replaceAll(/\\\n/g, " ");
  const given = (flag: string) =>
    [...command.matchAll(new RegExp(`${flag} (\\S+)`, "g"))]
      .map(([, value]) => value!);
  // The cache is a volume, which gets its owner from the image; a tmpfs would belong to root.
  const { XDG_CACHE_HOME, HOME } = pairs("ENV");
  assert.deepEqual(given("--tmpfs"), [HOME]);
  assert.deepEqual(given("--volume").filter((each) => !each.endsWith(":ro")), [XDG_CACHE_HOME]);
  const owned = `install -d -m 0700 -o 65532 -g 65532 ${XDG_CACHE_HOME}`;
  assert.ok(all("RUN").some(({ text }) => text.startsWith(`${owned} `)));
  assert.match(command, / --init --read-only --cap-drop all --security-opt no-new-privileges /);
});

Deno.test("the image's configuration is accepted and suits an image without kubectl", async () => {
  const config = await loadConfig({
    flags: {},
    env: pairs("ENV"),
    file: deployFile("container/config.yaml"),
    fileRequired: true,
  });
  assert.deepEqual(config.warnings, []);
  assert.equal(config.settings.transport, "api");
  assert.equal(config.settings["allow-exec-plugins"], false);
  assert.equal(config.settings["clusters-folder"], "/etc/argocd-configurer/clusters");
  assert.equal(config.settings.host, "127.0.0.1");
});
