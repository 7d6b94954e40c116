import assert from "node:assert/strict";
import { type Environment, findHome, type Home, runFolders } from "./home.ts";

/** Folders end in "/", files do not; a path after `!` cannot be accessed. */
function surroundings(
  entries: readonly string[],
  more: Partial<Environment> & { same?: readonly [string, string] } = {},
): Environment & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    env: { HOME: "/home/u" },
    cwd: "/work",
    uid: 1000,
    asked,
    stat(path) {
      asked.push(path);
      if (entries.some((entry) => entry.startsWith("!") && path.startsWith(entry.slice(1)))) {
        throw new Deno.errors.PermissionDenied("permission denied");
      }
      const isFile = entries.includes(path);
      const isDirectory = !isFile && entries.some((entry) => entry.startsWith(`${path}/`));
      if (!isFile && !isDirectory) return undefined;
      const ino = more.same?.includes(path) ? 1 : path.length * 1000 + path.charCodeAt(1);
      return { isFile, isDirectory, dev: 1, ino };
    },
    ...more,
  };
}

const USER = "/home/u/.config/argocd-configurer";
const STATE = "/home/u/.local/state/argocd-configurer";
const SYSTEM = "/etc/argocd-configurer";

interface Case {
  readonly what: string;
  readonly there: readonly string[];
  readonly more?: Parameters<typeof surroundings>[1];
  readonly home: Partial<Home>;
}

const CASES: Case[] = [
  {
    what: "the working directory, by its configuration, before all others",
    there: ["/work/configs/defaults.yaml", `${USER}/config.yaml`, `${SYSTEM}/config.yaml`],
    home: {
      kind: "working directory",
      path: "/work",
      config: "configs/defaults.yaml",
      hasConfig: true,
      clusters: "clusters",
      clustersToMake: "/work/clusters",
      runFolder: "/work",
    },
  },
  {
    what: "the working directory, by its clusters folder",
    there: ["/work/clusters/", `${USER}/config.yaml`],
    home: { kind: "working directory", path: "/work", hasConfig: false, runFolder: "/work" },
  },
  {
    what: "not the working directory, if clusters is a file",
    there: ["/work/clusters", `${USER}/config.yaml`],
    home: { kind: "user", looked: ["/work", USER] },
  },
  {
    what: "the user's folder, by its configuration, before the machine's",
    there: [`${USER}/config.yaml`, `${SYSTEM}/config.yaml`],
    home: {
      kind: "user",
      path: USER,
      config: `${USER}/config.yaml`,
      hasConfig: true,
      clusters: `${USER}/clusters`,
      clustersToMake: `${USER}/clusters`,
      runFolder: STATE,
    },
  },
  {
    what: "the user's folder, by its clusters folder",
    there: [`${USER}/clusters/`, `${SYSTEM}/config.yaml`],
    home: { kind: "user", path: USER, hasConfig: false, clusters: `${USER}/clusters` },
  },
  {
    what: "not the user's folder with something else in it",
    there: [`${USER}/notes.txt`, `${SYSTEM}/clusters/`],
    home: { kind: "system", path: SYSTEM, hasConfig: false, runFolder: STATE },
  },
  {
    what: "the user's folders in the XDG variables",
    there: ["/xdg/argocd-configurer/config.yaml", `${USER}/config.yaml`],
    more: { env: { HOME: "/home/u", XDG_CONFIG_HOME: "/xdg", XDG_STATE_HOME: "/state" } },
    home: {
      kind: "user",
      path: "/xdg/argocd-configurer",
      runFolder: "/state/argocd-configurer",
    },
  },
  {
    what: "no folder from an XDG variable that is relative or empty",
    there: ["/work/xdg/argocd-configurer/config.yaml", `${USER}/config.yaml`],
    more: { env: { HOME: "/home/u", XDG_CONFIG_HOME: "xdg", XDG_STATE_HOME: "" } },
    home: { kind: "user", path: USER, runFolder: STATE },
  },
  {
    what: "run files in the user's folder, if no state folder is known",
    there: ["/xdg/argocd-configurer/config.yaml"],
    more: { env: { XDG_CONFIG_HOME: "/xdg" } },
    home: { kind: "user", runFolder: "/xdg/argocd-configurer" },
  },
  {
    what: "the machine's folder, and root's run files in /var/run",
    there: [`${SYSTEM}/config.yaml`],
    more: { uid: 0 },
    home: {
      kind: "system",
      config: `${SYSTEM}/config.yaml`,
      clusters: `${SYSTEM}/clusters`,
      runFolder: "/var/run/argocd-configurer",
      looked: ["/work", USER, SYSTEM],
    },
  },
  {
    what: "the machine's folder without HOME, and run files in the working directory",
    there: [`${SYSTEM}/config.yaml`],
    more: { env: {} },
    home: { kind: "system", runFolder: "/work", looked: ["/work", SYSTEM] },
  },
  {
    what: "the user's folder, from a working directory that is the same by another path",
    there: [`${USER}/config.yaml`, `${USER}/clusters/`, "/dotfiles/clusters/"],
    more: { cwd: "/dotfiles", same: ["/dotfiles", USER] },
    home: { kind: "user", path: USER, config: `${USER}/config.yaml`, runFolder: STATE },
  },
  {
    what: "the machine's folder, if it is the working directory, even beside a user's",
    there: [`${USER}/config.yaml`, `${SYSTEM}/clusters/`],
    more: { cwd: SYSTEM },
    home: { kind: "system", path: SYSTEM, runFolder: STATE },
  },
  {
    what: "nothing, with the folders that were searched",
    there: ["!/etc/argocd-configurer"],
    home: {
      kind: "none",
      path: "/work",
      config: "configs/defaults.yaml",
      hasConfig: false,
      clusters: "clusters",
      clustersToMake: `${USER}/clusters`,
      runFolder: "/work",
      looked: ["/work", USER, `${SYSTEM} (permission denied)`],
    },
  },
  {
    what: "nothing without HOME, and the first cluster goes to the working directory",
    there: [],
    more: { env: {} },
    home: { kind: "none", clustersToMake: "/work/clusters" },
  },
  {
    what: "the user's folder from a working directory that has been removed",
    there: [`${USER}/clusters/`],
    more: { cwd: undefined },
    home: { kind: "user", path: USER, looked: [USER] },
  },
];

for (const { what, there, more, home } of CASES) {
  Deno.test(`the home is found: ${what}`, () => {
    const found = findHome(surroundings(there, more));
    const told = Object.keys(home).map((key) => [key, found[key as keyof Home]]);
    assert.deepEqual(Object.fromEntries(told), home);
  });
}

Deno.test("if the current folder has a configuration, only that file is looked up", () => {
  const here = surroundings(["/work/configs/defaults.yaml"]);
  findHome(here);
  assert.deepEqual(here.asked, ["/work/configs/defaults.yaml"]);
});

Deno.test("the run files of a server of this user may be in these folders", () => {
  assert.deepEqual(runFolders(surroundings([])), ["/work", STATE]);
  assert.deepEqual(runFolders(surroundings([], { uid: 0, cwd: undefined })), [
    STATE,
    "/var/run/argocd-configurer",
  ]);
});
