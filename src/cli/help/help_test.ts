import assert from "node:assert/strict";
import { OPERATIONS } from "../../operations/table.ts";
import { namedCommands } from "../bind/load.ts";
import { colors } from "../color.ts";
import { commandsFor } from "../commands.ts";
import { manPage } from "../man_page.ts";
import { allCommands, helpPage, PROGRAM } from "./model.ts";
import { helpText } from "./text.ts";

const ROOT = await commandsFor("all");
const COMMANDS = allCommands(ROOT);
const PAGES = [[], ...COMMANDS.map(({ words }) => words)].map((words) => helpPage(ROOT, words));

const paint = (isTerminal: boolean) =>
  colors("stdout", { args: [], isTerminal, env: () => undefined });

for (const width of [40, 80, 200]) {
  Deno.test(`no line of help is longer than ${width} characters, except for a single longer word`, () => {
    for (const page of PAGES) {
      for (const line of helpText(page, width, paint(false)).split("\n")) {
        const words = line.replace(/ \\$/, "").trim().split(" ");
        // A term with its value, or a flag with its value in an example, is one word.
        const isOne = words.length === 1 || /^(-\w, )?--\S+ \S+$/.test(words.join(" "));
        assert.ok(line.length <= width || isOne, line);
        assert.equal(line, line.trimEnd());
      }
    }
  });
}

Deno.test("every command has help, a usage, and examples that start with the command", () => {
  for (const { words } of COMMANDS) {
    const page = helpPage(ROOT, words);
    const called = [PROGRAM, ...words].join(" ");
    assert.ok(
      page.usage.length > 0 && page.usage.every((each) => each.endsWith("[flags]")),
      called,
    );
    assert.ok(page.examples.length > 0, called);
    for (const { line } of page.examples) assert.ok(line.startsWith(called), line);
    assert.match(page.brief, /^[A-Z].*[^.]$/);
    const flags = page.flags.flatMap(({ entries }) => entries).map(({ term }) => term);
    assert.ok(flags.includes("-h, --help"), called);
    assert.equal(new Set(flags).size, flags.length, called);
  }
});

Deno.test("every flag of an operation's command is in a group, and credential flags are in theirs", () => {
  for (const { words } of namedCommands(OPERATIONS)) {
    const { flags } = helpPage(ROOT, words);
    const others = flags.filter(({ group }) => group === "other");
    assert.deepEqual(others, [], words.join(" "));
  }
  const ofRepo = helpPage(ROOT, ["repo", "add"]).flags;
  const inGroup = (group: string) =>
    ofRepo.find((each) => each.group === group)!.entries.map(({ term }) => term.trim());
  for (const flag of ["--username NAME", "--password-stdin", "--ssh-private-key-file FILE"]) {
    assert.ok(inGroup("credential").includes(flag), flag);
  }
  assert.ok(inGroup("repository").includes("--url URL"));
  assert.ok(inGroup("how").includes("--upsert"));
  assert.ok(inGroup("where").includes("--cluster NAMES"));
});

Deno.test("the help of verify has the user name before the password", () => {
  const text = helpText(helpPage(ROOT, ["verify"]), 80, paint(false));
  assert.ok(text.indexOf(" --username NAME") < text.indexOf(" --password-stdin "), text);
});

Deno.test("help shows a command with its arguments and the values of flags", () => {
  const text = helpText(helpPage(ROOT, ["completion"]), 80, paint(false));
  assert.match(text, /^Usage:\n {2}argocd-configurer completion SHELL \[flags\]$/m);
  const add = helpText(helpPage(ROOT, ["docker", "add"]), 80, paint(false));
  assert.match(add, /^ {2}-n, --namespaces NAMES {2,}\S/m);
  assert.match(add, /^ {6}--dry-run\[=none\|client\|server\]$/m);
  assert.match(helpText(helpPage(ROOT, ["repo", "add"]), 80, paint(false)), / --\[no-\]template /);
});

Deno.test("a required argument has no brackets", () => {
  assert.deepEqual(helpPage(ROOT, ["rotations"]).usage, ["ID [flags]"]);
  assert.deepEqual(helpPage(ROOT, ["explain"]).usage, ["[CLUSTER] [URL] [flags]"]);
});

Deno.test("an alias of a command has its help", () => {
  const { words, ...page } = helpPage(ROOT, ["token", "delete"]);
  assert.deepEqual(words, ["token", "delete"]);
  assert.deepEqual([page.brief, page.flags], [
    helpPage(ROOT, ["token", "remove"]).brief,
    helpPage(ROOT, ["token", "remove"]).flags,
  ]);
});

Deno.test("the overview names every command once, and three examples", () => {
  const [overview] = PAGES;
  const shown = overview!.commands.flatMap(({ entries }) => entries).map(({ term }) => term);
  assert.deepEqual(shown.toSorted(), COMMANDS.map(({ words }) => words.join(" ")).toSorted());
  assert.equal(overview!.examples.length, 3);
});

Deno.test("only headings are bold on a terminal", () => {
  const page = helpPage(ROOT, ["stop"]);
  const marked = helpText(page, 80, paint(true));
  assert.ok(marked.includes("\n\x1b[1mUsage:\x1b[22m\n"), marked);
  const plain = marked.replaceAll("\x1b[1m", "").replaceAll("\x1b[22m", "");
  assert.equal(plain, helpText(page, 80, paint(false)));
});

Deno.test("the manual page has every command with its flags, and is the same each time", async () => {
  const page = await manPage();
  assert.equal(page, await manPage());
  assert.match(page, /^\.TH ARGOCD-CONFIGURER 1 "" "argocd-configurer \d+\.\d+\.\d+" /);
  for (const { words } of COMMANDS) {
    assert.ok(page.includes(`\n.SS ${words.join(" ").replaceAll("-", "\\-")}\n`), words.join(" "));
    for (const { entries } of helpPage(ROOT, words).flags) {
      for (const { term } of entries) {
        const [flag] = /--[a-z-]+/.exec(term) ?? ["--[no-]"];
        assert.ok(page.includes(flag.replaceAll("-", "\\-")), term);
      }
    }
  }
  for (const line of page.split("\n").filter((each) => /^['.]/.test(each))) {
    assert.match(line, /^\.(TH|SH|SS|TP|PP|B|BR|I|RS|RE|nf|fi|br)( |$)/, line);
  }
});
