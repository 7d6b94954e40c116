import assert from "node:assert/strict";
import { join } from "node:path";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import { clustersFromEnv } from "../../scripts/control_plane/several.ts";
import type { AuditEntry } from "../../src/audit/entry.ts";
import { thisMachine } from "../../src/cli/machine.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { configureLog } from "../../src/log/logger.ts";
import type { FleetAnswer } from "../../src/operations/fleet_answers.ts";
import { wireServer } from "../../src/wire_server.ts";
import type { Machine } from "../../src/wire.ts";
import { folder, kubeconfig } from "../cli/support.ts";
import { assertDocumented } from "../http/documented.ts";
import { type Canary, makeCanary } from "../support/canary.ts";
import type { Declare } from "../support/declare.ts";
import { type SilentPort, silentPort } from "../support/silent_port.ts";
import { filesUnder } from "../trust/canary_watch.ts";

/**
 * The whole program with its HTTP layer and real API servers: `a`, `b`, `c` and `d` have their
 * own, `alias` is another name of `a`'s, `closed` is a closed port, and `hung` never responds.
 */
export interface FleetWorld {
  readonly planes: Readonly<Record<RealName, ControlPlaneClient>>;
  readonly hung: SilentPort;
  /** The clusters folder. */
  readonly path: string;
  readonly canary: Canary;
  /** A value that must not be in responses, in the log or in files. */
  secret(): Canary;
  /** Writes a file to the clusters folder. */
  write(name: string, content: string): Promise<string>;
  ask<Body = FleetAnswer & { readonly code?: string }>(
    method: string,
    target: string,
    body?: object,
  ): Promise<Asked<Body>>;
  /** The audit log, if there is one. */
  audit(): readonly AuditEntry[];
}

export interface Asked<Body> {
  readonly status: number;
  readonly body: Body;
  readonly seconds: number;
}

/** The clusters that have an API server. */
export const REAL = ["a", "b", "c", "d"] as const;
export type RealName = typeof REAL[number];

/** The timeout of the hung cluster in seconds; the others have enough for a busy machine. */
export const SECONDS = 5;

/** The hung cluster's labels in `labels.yaml`. */
const HUNG_LABELS = `hung: {argocd-configurer.io/timeout: "${SECONDS}"}\n`;

/** The user of the control plane that uses the same server by another name. */
const ALIAS = "two-namespaces";

export interface WorldOptions {
  readonly transport: "auto" | "kubectl" | "api";
  /** The permissions of the process. @default those of this process */
  readonly permissions?: Machine["permissions"];
  /** More settings, as in the configuration file. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether writes are audited. @default false */
  readonly hasAuditLog?: boolean;
}

/** Makes a function that declares a test on real API servers; ignored if there are none. */
export function fleetTests(declare: Declare) {
  const planes = clustersFromEnv();
  return (
    sentence: string,
    options: WorldOptions,
    test: (world: FleetWorld) => Promise<void>,
  ): void =>
    declare({
      name: sentence,
      ignore: planes.length === 0,
      fn: () => run(planes, options, test),
    });
}

async function run(
  [a, b, c, d]: readonly ControlPlaneClient[],
  { transport, permissions, settings, hasAuditLog = false }: WorldOptions,
  test: (world: FleetWorld) => Promise<void>,
): Promise<void> {
  await using place = await folder();
  await using kept = await folder();
  const planes = { a: a!, b: b!, c: c!, d: d! };
  const hung = silentPort();
  const write = (name: string, content: string) => place.write(name, content);
  for (const [name, { kubeconfigs }] of Object.entries(planes)) {
    await write(`${name}.kubeconfig`, await Deno.readTextFile(kubeconfigs.administrator));
  }
  await write("alias.kubeconfig", await Deno.readTextFile(planes.a.kubeconfigs[ALIAS]));
  await write("closed.kubeconfig", await Deno.readTextFile(planes.a.kubeconfigs["closed-port"]));
  await write("hung.kubeconfig", kubeconfig(hung.url));
  await write("labels.yaml", HUNG_LABELS);
  const log: string[] = [];
  configureLog({ format: "json", level: "debug", write: (line) => log.push(line) });
  const machine = thisMachine();
  const here = {
    ...machine,
    hasKubectl: machine.hasKubectl,
    permissions: permissions ?? machine.permissions,
  };
  const auditLog = join(kept.path, "audit.log");
  const app = wireServer(
    settingsOf({
      ...{ "clusters-folder": place.path, kubectl_timeout: 60, transport },
      ...hasAuditLog ? { "audit-log": auditLog } : {},
      ...settings,
    }),
    here,
    "1.2.3",
  );
  const canary = makeCanary();
  const canaries = [canary];
  const assertAbsent = (text: string, where: string) => {
    for (const each of canaries) each.absentFrom(text, where);
  };
  const ask = async <Body>(
    method: string,
    target: string,
    body?: object,
  ): Promise<Asked<Body>> => {
    const began = performance.now();
    const request = new Request(`http://localhost/api/v1${target}`, {
      method,
      headers: { host: "localhost", "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const response = await app.fetch(request);
    const text = await response.text();
    const seconds = (performance.now() - began) / 1000;
    assertAbsent(text, "a response");
    await assertDocumented(request, response.status, JSON.parse(text));
    return { status: response.status, body: JSON.parse(text), seconds };
  };
  try {
    await test({
      ...{ planes, hung, path: place.path, canary, write, ask },
      secret() {
        const another = makeCanary();
        canaries.push(another);
        return another;
      },
      audit: () => entriesIn(auditLog),
    });
  } finally {
    app.close();
    await hung.close();
  }
  for (const line of log) assertAbsent(line, "the log");
  for (const path of [...filesUnder(kept.path), ...filesUnder(place.path)]) {
    assertAbsent(await Deno.readTextFile(path), path);
  }
}

export function entriesIn(auditLog: string): AuditEntry[] {
  const lines = Deno.readTextFileSync(auditLog).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

/** Whether a secret exists in team-a of a real cluster. */
export async function isThere(plane: ControlPlaneClient, name: string): Promise<boolean> {
  const { status } = await plane.request("GET", `/api/v1/namespaces/team-a/secrets/${name}`);
  assert.ok(status === 200 || status === 404, String(status));
  return status === 200;
}
