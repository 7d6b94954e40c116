import { join } from "node:path";
import { KubeconfigRejected, vetKubeconfig, vetRules } from "../../src/clusters/vet.ts";
import { thisMachine } from "../../src/cli/machine.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { KubeError } from "../../src/kube/errors.ts";
import { reported } from "../../src/kube/kubectl/messages.ts";
import { soon } from "../contract/secrets.ts";
import { type Transport, TRANSPORTS } from "../contract/subjects.ts";
import type { Parts, Row } from "./row.ts";
import { type Ended, judgedByKubectl, write } from "./stage.ts";

/** The outcome of listing secrets with a kubeconfig. */
export interface Verdict {
  /** `works`, `refused` before any request, or the kind of failure. */
  readonly is: string;
  readonly why?: string;
}

/** All verdicts on one kubeconfig. */
export interface Verdicts {
  /** Of kubectl itself. */
  readonly kubectl: Ended;
  /** The kinds of failure that this program derives from kubectl's output. */
  readonly kinds: readonly string[];
  /** Of `clusters -o wide`, by transport. */
  readonly wide: Readonly<Record<string, Verdict>>;
  /** Of a list, by transport. */
  readonly used: Readonly<Record<string, Verdict>>;
  /** Of the api transport alone, without vetting the kubeconfig before. */
  readonly unvetted: Verdict | undefined;
  /** All output of this program, which must not contain the kubeconfig's secrets. */
  readonly said: string;
}

const HERE = thisMachine();
const rulesOf = (transport: string) =>
  vetRules(settingsOf({ transport }), { ...HERE, hasKubectl: true });

/** Determines all verdicts on one row. */
export async function verdictsOn(
  row: Row,
  parts: Parts,
  { kubectl, folder, name }: { kubectl: string; folder: string; name: string },
): Promise<Verdicts> {
  const file = await write(row, parts, folder, name);
  const cacheDir = join(folder, "cache");
  const own = await judgedByKubectl(kubectl, file, HERE.kubectlEnv, cacheDir);
  const said: unknown[] = [];
  const wide: Record<string, Verdict> = {};
  const used: Record<string, Verdict> = {};
  for (const transport of TRANSPORTS) {
    wide[transport.name] = await vettedOf(file, transport.name);
    used[transport.name] = await useOf(file, transport, cacheDir, said);
    said.push(wide[transport.name]);
  }
  const api = TRANSPORTS.find(({ name }) => name === "api")!;
  const unvetted = row.files === undefined
    ? await listed(api, file, cacheDir, said).catch(() => undefined) // not YAML
    : undefined;
  said.push(used, unvetted);
  const kinds = reported(own.stderr).map(({ kind, why }) => (said.push(why), kind));
  return { kubectl: own, kinds, wide, used, unvetted, said: JSON.stringify(said) };
}

/** The verdict without contacting the cluster. */
async function vettedOf(file: string, transport: string): Promise<Verdict> {
  try {
    await vetKubeconfig(file, rulesOf(transport));
    return { is: "works" };
  } catch (error) {
    if (error instanceof KubeconfigRejected) return { is: "refused", why: error.why };
    if (error instanceof Deno.errors.NotFound) return { is: "refused", why: "it is not there" };
    throw error;
  }
}

/** As the program uses a cluster: vetted, then opened. */
async function useOf(
  file: string,
  transport: Transport,
  cacheDir: string,
  said: unknown[],
): Promise<Verdict> {
  try {
    const { path } = await vetKubeconfig(file, rulesOf(transport.name));
    return await listed(transport, path, cacheDir, said);
  } catch (error) {
    if (!(error instanceof KubeconfigRejected)) throw error;
    said.push(error.message, Deno.inspect(error));
    return { is: "refused", why: error.why };
  }
}

async function listed(
  transport: Transport,
  kubeconfig: string,
  cacheDir: string,
  said: unknown[],
): Promise<Verdict> {
  const opened = await transport.open({ kubeconfig, cacheDir });
  try {
    await opened.store.list({ selector: "tests.invalid/kind=none" }, soon());
    return { is: "works" };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    said.push(error.message, Deno.inspect(error));
    return { is: error.kind, why: error.message };
  } finally {
    said.push(...opened.said.filter((each) => !each.startsWith("--kubeconfig")));
    opened.close();
  }
}
