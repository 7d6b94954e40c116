import assert from "node:assert/strict";
import { join } from "node:path";
import { type AuditEntry, parseLine } from "../../src/audit/entry.ts";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { folder, listening, type Program, program } from "../cli/support.ts";
import { encodeBase64 } from "../support/base64.ts";
import { type Canary, makeCanary } from "../support/canary.ts";
import { filesUnder } from "../trust/canary_watch.ts";
import { within } from "./within.ts";

/** The program as a process over twelve emulated clusters, each with a value in three secrets. */

export const CLUSTERS = Array.from({ length: 12 }, (_, i) => `c${String(i).padStart(2, "0")}`);

/** Fewer concurrent clusters than there are, so that some finish before others start. */
const AT_ONCE = 4;

const OURS = { "app.kubernetes.io/managed-by": "argocd-configurer" };

const auths = (password: string) => ({
  "ghcr.io": { username: "ci", password, auth: encodeBase64(`ci:${password}`) },
  "quay.io": { username: "other", auth: encodeBase64("other:another-password") },
});

/** One cluster. */
const SECRETS: readonly {
  readonly metadata: { namespace: string; name: string; labels: Record<string, string> };
  readonly type: string;
  data(value: string): Record<string, string>;
}[] = [
  ...["team-a", "team-b"].map((namespace) => ({
    metadata: {
      namespace,
      name: "pull",
      labels: { ...OURS, "mcops.tech/secret-type": "docker-creds" },
    },
    type: "kubernetes.io/dockerconfigjson",
    data: (value: string) => ({
      ".dockerconfigjson": encodeBase64(JSON.stringify({ auths: auths(value) })),
    }),
  })),
  {
    metadata: {
      namespace: "argocd",
      name: "template",
      labels: { ...OURS, "argocd.argoproj.io/secret-type": "repo-creds" },
    },
    type: "Opaque",
    data: (value: string) => ({
      url: encodeBase64("https://git.example.com/org"),
      username: encodeBase64("ci"),
      password: encodeBase64(value),
    }),
  },
];

/** Ignores white space and the order of keys in JSON. */
function understood(data: Readonly<Record<string, string>>): string {
  const { ".dockerconfigjson": config, ...rest } = data;
  return JSON.stringify(
    config === undefined ? Object.entries(rest).sort() : JSON.parse(atob(config)),
  );
}

/** What a secret holds. */
export type Held = "old" | "new";

export interface RotationWorld {
  readonly emulators: Readonly<Record<string, Emulator>>;
  /** Gives every secret an old value that is new to the program, and makes a new value. */
  reset(): void;
  /** What each cluster's secrets hold. @throws AssertionError when one holds neither value, whole */
  look(): readonly (readonly [cluster: string, held: readonly Held[]])[];
  /** The audit log, without truncated lines. */
  audit(): AuditEntry[];
  start(): Promise<Running>;
}

/** A program that runs until it is killed. */
export interface Running {
  readonly program: Program;
  /** Rotates old to new on all clusters, two of them in `first`. */
  rotate(more?: RequestInit): Promise<Answer>;
  /** Shows a rotation. */
  show(id: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly state: string;
    readonly clusters: readonly { readonly cluster: string; readonly status: string }[];
    readonly old_value: { readonly state: string; readonly places: readonly unknown[] };
    readonly safe_to_revoke: boolean;
    readonly reasons?: readonly { readonly code: string }[];
  };
}

/** Neither value may be in a response, in a log or in a file. */
export async function inRotationWorld(
  test: (world: RotationWorld) => Promise<void>,
): Promise<void> {
  await using place = await folder();
  const all: Canary[] = [];
  const makeAnother = () => {
    const another = makeCanary();
    all.push(another);
    return another;
  };
  let canaries = { old: makeAnother(), new: makeAnother() };
  const assertAbsent = (text: string, where: string) => {
    for (const { absentFrom } of all) absentFrom(text, where);
  };
  const clusters = join(place.path, "clusters");
  await Deno.mkdir(clusters);
  const emulators = Object.fromEntries(CLUSTERS.map((name) => [name, startEmulator()]));
  for (const [name, emulator] of Object.entries(emulators)) {
    await place.write(`clusters/${name}.kubeconfig`, emulator.kubeconfig());
  }
  const auditLog = join(place.path, "audit.log");
  const config = await place.write(
    "config.yaml",
    [
      `clusters-folder: ${clusters}`,
      `audit-log: ${auditLog}`,
      ...["transport: api", `fleet-at-once: ${AT_ONCE}`, "kubectl_timeout: 60", "port: 0", ""],
    ].join("\n"),
  );
  const programs: Program[] = [];
  async function ask(url: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(url, init);
    const text = await response.text();
    assertAbsent(text, "a response");
    return { status: response.status, body: JSON.parse(text) };
  }
  const rotate = (url: string, more?: RequestInit) =>
    ask(url, {
      method: "POST",
      ...more,
      body: JSON.stringify({
        find: { password: canaries.old.value },
        set: { password: canaries.new.value },
        ...{ clusters: ["*"], first: ["c00", "c01"], verify: false },
      }),
    });
  try {
    await test({
      emulators,
      reset() {
        canaries = { old: makeAnother(), new: makeAnother() };
        for (const { cluster } of Object.values(emulators)) {
          for (const { data, ...secret } of SECRETS) {
            cluster.put({ ...secret, data: data(canaries.old.value) });
          }
        }
      },
      look: () =>
        Object.entries(emulators).map(([name, emulator]) => [name, heldBy(emulator, canaries)]),
      audit: () => entriesIn(auditLog),
      async start() {
        const started = program(["serve", "--config", config]);
        programs.push(started);
        const url = `${await within("the server listens", listening(started))}/api/v1/rotations`;
        return {
          program: started,
          rotate: (more) => rotate(url, more),
          show: (id) => ask(`${url}/${id}`),
        };
      },
    });
  } finally {
    await Promise.all(programs.map((each) => each[Symbol.asyncDispose]()));
    await Promise.all(Object.values(emulators).map((each) => each.stop()));
  }
  for (const { ended } of programs) {
    const { stdout, stderr } = await ended;
    assertAbsent(stdout + stderr, "the log");
  }
  for (const path of filesUnder(place.path)) assertAbsent(await Deno.readTextFile(path), path);
}

function heldBy({ cluster }: Emulator, canaries: Readonly<Record<Held, Canary>>): Held[] {
  assert.equal(cluster.secrets().length, SECRETS.length);
  return SECRETS.map(({ metadata: { namespace, name }, type, data }) => {
    const secret = cluster.secret(namespace, name)!;
    assert.equal(secret.type, type);
    const text = understood(secret.data!);
    const held = (["old", "new"] as const)
      .find((which) => text === understood(data(canaries[which].value)));
    assert.ok(held, `${namespace}/${name} holds neither value, whole`);
    return held;
  });
}

function entriesIn(auditLog: string): AuditEntry[] {
  const lines = Deno.readTextFileSync(auditLog).split("\n").filter((line) => line !== "");
  return lines.flatMap((line) => parseLine(line)?.entry ?? []);
}

/** Writes without an end since the last start of the program. */
export function underWay(entries: readonly AuditEntry[]): AuditEntry[] {
  const since = entries.slice(entries.findLastIndex(({ phase }) => phase === "started"));
  const ended = new Set(since.flatMap(({ phase, write }) => phase === "end" ? [write] : []));
  return since.filter(({ phase, write }) => phase === "begin" && !ended.has(write));
}

export const clustersOf = (entries: readonly AuditEntry[]): string[] =>
  entries.flatMap(({ cluster }) => cluster ?? []).toSorted();
