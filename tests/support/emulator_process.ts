import { startEmulator } from "../../src/emulator/emulator.ts";

/** An emulated API server in its own process. */
export interface EmulatorProcess extends AsyncDisposable {
  /** Its kubeconfig, as YAML text. */
  readonly kubeconfig: string;
  /** Suspends it: it accepts connections and bytes, but does not respond, like an API server that hangs. */
  stop(): void;
  /** Resumes it; it also answers requests that were sent meanwhile. */
  goOn(): void;
  /** The received requests: method and path with query. */
  requests(): Promise<string[]>;
}

/**
 * @param namespaces to create
 * @param stopsAt suspends itself at the first request with this method
 */
export async function startEmulatorProcess(
  namespaces: readonly string[],
  stopsAt = "none",
): Promise<EmulatorProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.filename!, stopsAt, ...namespaces],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The emulator has ended");
    text += value;
  }
  const { kubeconfig, requests } = JSON.parse(text);
  return {
    kubeconfig,
    stop: () => child.kill("SIGSTOP"),
    goOn: () => child.kill("SIGCONT"),
    requests: async () => await (await fetch(requests)).json(),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

if (import.meta.main) {
  const emulator = startEmulator();
  const [stopsAt, ...namespaces] = Deno.args;
  emulator.fault = ({ method }) => {
    if (method === stopsAt) Deno.kill(Deno.pid, "SIGSTOP");
    return undefined;
  };
  for (const namespace of namespaces) emulator.cluster.addNamespace(namespace);
  const { addr: { port } } = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json(emulator.requests),
  );
  const requests = `http://127.0.0.1:${port}/`;
  console.log(JSON.stringify({ kubeconfig: emulator.kubeconfig(), requests }));
}
