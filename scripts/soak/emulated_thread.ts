/** The emulated clusters of a soak: healthy ones, one that never responds, one that flaps. */
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { MOODS } from "./moods.ts";
import { answerQuestions } from "./thread.ts";
import type { ApiSecret } from "./values.ts";

export type Temper = "healthy" | "hung" | "flapping";

interface Start {
  readonly clusters: Readonly<Record<string, Temper>>;
  readonly namespaces: readonly string[];
}

const emulators = new Map<string, Emulator>();
let flapping: Promise<void> | undefined;
const calming = new AbortController();

function start({ clusters, namespaces }: Start): Record<string, string> {
  const kubeconfigs: Record<string, string> = {};
  for (const [name, temper] of Object.entries(clusters)) {
    const emulator = startEmulator();
    for (const namespace of namespaces) emulator.cluster.addNamespace(namespace);
    if (temper === "hung") emulator.fault = () => ({ kind: "hang" });
    if (temper === "flapping") flapping = flap(emulator);
    emulators.set(name, emulator);
    kubeconfigs[name] = emulator.kubeconfig();
  }
  return kubeconfigs;
}

async function flap(emulator: Emulator): Promise<void> {
  for (let i = 0; !calming.signal.aborted; i = (i + 1) % MOODS.length) {
    const { seconds, refuses, fault } = MOODS[i]!;
    emulator.fault = fault;
    if (refuses) await emulator.pause();
    await until(seconds, calming.signal);
    if (refuses) await resume(emulator);
  }
  emulator.fault = undefined;
}

/** While it does not listen, another program may briefly take its port. */
async function resume(emulator: Emulator): Promise<void> {
  for (;;) {
    try {
      return emulator.resume();
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || calming.signal.aborted) throw error;
      await until(0.1, calming.signal);
    }
  }
}

function until(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

const answers = {
  /** @returns the kubeconfig of each, by name */
  start,
  /** All secrets of a cluster. */
  secrets: ({ cluster }: { cluster: string }): ApiSecret[] =>
    emulators.get(cluster)!.cluster.secrets().map(({ metadata, type, data }) => ({
      metadata: { namespace: metadata.namespace!, name: metadata.name },
      type,
      data: { ...data },
    })),
  async stop(_: Record<never, never>): Promise<void> {
    calming.abort();
    await flapping;
    await Promise.all([...emulators.values()].map((emulator) => emulator.stop()));
  },
};

export type EmulatedThread = typeof answers;

answerQuestions(answers);
