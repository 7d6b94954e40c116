import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError, loadConfig } from "../config/load.ts";
import { boundKeys } from "../config/schema.ts";
import type { SettingTable } from "../config/setting.ts";
import { warningText } from "../config/warning.ts";
import {
  flagsOf,
  settingArguments,
  settingFlags,
  settingsGiven,
  withWholePaths,
} from "./setting_flags.ts";
import { differences } from "./settings_in_effect.ts";

/** The command line knows settings by their descriptors only. */
const MADE_UP = {
  tea_pot: {
    schema: z.string().optional(),
    about: "Where [tea](#tea) is made, or tea.yaml. No coffee.",
    flag: {},
    path: "folder",
    protective: true,
  },
  "tea-kind": {
    schema: z.enum(["green", "black"]).default("black"),
    about: "Which tea: `green` or `black`.",
    flag: { value: "kind", commands: { default: "green" } },
  },
  "tea-minutes": {
    schema: z.number().min(1).max(10).default(4),
    about: "How long it draws.",
    flag: { value: "number", commands: true },
    reloadable: false,
  },
  "with-milk": {
    schema: z.boolean().default(false),
    about: "Whether there is milk in it.",
    flag: {},
  },
  guests: { schema: z.array(z.string()).default([]), about: "Who drinks it." },
} as const satisfies SettingTable;

/** Made-up settings, which have no static type. */
type AnyFlags = Record<string, never>;

/** The effective made-up settings. */
async function loaded(
  { file = "", env = {}, flags = {} }: {
    file?: string;
    env?: Record<string, string>;
    flags?: Record<string, unknown>;
  },
) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "config.yaml");
    await Deno.writeTextFile(path, file);
    return await loadConfig({ file: path, env, flags, fileRequired: true, table: MADE_UP });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a made-up setting has a flag of its kind, with its default, or that of commands", () => {
  const described = (of: "serve" | "commands") =>
    Object.entries<{ kind: string; brief: string; placeholder?: string }>(
      settingFlags(of, MADE_UP) as never,
    ).map(([name, { kind, brief, placeholder }]) => [name, kind, brief, placeholder]);
  assert.deepEqual(described("serve"), [
    ["teaPot", "parsed", "Where tea is made, or tea.yaml", "folder"],
    ["teaKind", "parsed", "Which tea: green or black (default: black)", "kind"],
    ["teaMinutes", "parsed", "How long it draws (default: 4)", "number"],
    ["withMilk", "boolean", "Whether there is milk in it", undefined],
  ]);
  assert.deepEqual(described("commands"), [
    ["teaKind", "parsed", "Which tea: green or black (default: green)", "kind"],
    ["teaMinutes", "parsed", "How long it draws (default: 4)", "number"],
  ]);
});

Deno.test("a made-up flag sets its setting, and overrides the environment and the file", async () => {
  const flags = { teaPot: "pot", teaKind: "green" } as unknown as AnyFlags;
  const { settings, warnings, origins, file } = await loaded({
    file: "tea-minutes: 2\nguests: [ann]\ntea-kind: black\n",
    env: { ARGOCD_CONFIGURER_TEA_MINUTES: "3", ARGOCD_CONFIGURER_WITH_MILK: "true" },
    flags: settingsGiven(flags, MADE_UP),
  });
  assert.deepEqual(
    { settings, warnings },
    {
      settings: {
        tea_pot: "pot",
        "tea-kind": "green",
        "tea-minutes": 3,
        "with-milk": true,
        guests: ["ann"],
      },
      warnings: [],
    },
  );
  assert.deepEqual(origins, {
    tea_pot: "flag --tea-pot",
    "tea-kind": "flag --tea-kind",
    "tea-minutes": "environment variable ARGOCD_CONFIGURER_TEA_MINUTES",
    "with-milk": "environment variable ARGOCD_CONFIGURER_WITH_MILK",
    guests: `${file}:2`,
  });
});

Deno.test("a wrong value of a made-up setting is reported by its source, without the value", async () => {
  const wrong = (what: Parameters<typeof loaded>[0], message: RegExp) =>
    assert.rejects(loaded(what), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      return true;
    });
  await wrong(
    { flags: { "tea-kind": "red" } },
    /from flag --tea-kind: must be green or black$/,
  );
  await wrong({ file: "\ntea-minutes: 11\n" }, /config\.yaml:2: must be at most 10$/);
  await wrong(
    { env: { ARGOCD_CONFIGURER_TEA_MINUTES: "long" } },
    /variable ARGOCD_CONFIGURER_TEA_MINUTES: must be a number$/,
  );
  await wrong({ file: "tea-pot: pot\n" }, /'tea-pot' .*\. Use 'tea_pot'$/);
  const { warnings } = await loaded({
    file: "tea-kinds: green\n",
    env: {
      ARGOCD_CONFIGURER_TEA_POT: "",
      ARGOCD_CONFIGURER_TEA_POTS: "1",
      ARGOCD_CONFIGURER_PORT: "1",
    },
  });
  assert.deepEqual(warnings.map((each) => warningText(each).replace(/ in .*;/, ";")), [
    "Unknown setting 'tea-kinds'; did you mean 'tea-kind'?",
    "Unknown environment variable 'ARGOCD_CONFIGURER_PORT'",
    "Unknown environment variable 'ARGOCD_CONFIGURER_TEA_POTS'; " +
    "did you mean 'ARGOCD_CONFIGURER_TEA_POT'?",
    "Environment variable 'ARGOCD_CONFIGURER_TEA_POT' is empty and has no effect",
  ]);
});

Deno.test("a made-up setting's words are completed, and paths for a folder", () => {
  const flags: Readonly<Record<string, { placeholder?: string; proposeCompletions?: unknown }>> =
    settingFlags("serve", MADE_UP);
  assert.equal(flags.teaPot!.placeholder, "folder");
  assert.deepEqual((flags.teaKind!.proposeCompletions as () => unknown)(), ["green", "black"]);
});

Deno.test("a restart keeps made-up flags, with absolute paths", () => {
  const flags = { teaPot: "a/pot", teaMinutes: 2, withMilk: true } as unknown as AnyFlags;
  const args = settingArguments(flags, MADE_UP);
  assert.deepEqual(args, ["--tea-pot=a/pot", "--tea-minutes=2", "--with-milk"]);
  const read = flagsOf(args, MADE_UP);
  assert.deepEqual({ ...read }, flags);
  assert.deepEqual(
    { ...withWholePaths(read, "/home", MADE_UP) },
    { ...flags, teaPot: "/home/a/pot" },
  );
});

Deno.test("a made-up path is the same in another spelling, and a text is not", () => {
  const settings = { tea_pot: "../b/./pot", "tea-kind": "./green" };
  assert.deepEqual(
    differences(
      { settings, cwd: "/a" },
      { settings: { tea_pot: "pot", "tea-kind": "green" }, cwd: "/b" },
      Object.keys(settings),
      MADE_UP,
    ),
    [{ key: "tea-kind", now: "green", wanted: "./green" }],
  );
});

Deno.test("a running server keeps the settings that are not reloadable", () => {
  assert.deepEqual(boundKeys(MADE_UP), ["tea-minutes"]);
  assert.deepEqual(boundKeys(), ["host", "port", "tls-cert", "tls-key"]);
});
