import { startEmulator } from "../../src/emulator/emulator.ts";

/** An emulated API server in a process of its own. */
export interface EmulatorProcess extends AsyncDisposable {
  /** Its kubeconfig, as YAML text. */
  readonly kubeconfig: string;
  /** It takes connections and bytes, but answers nothing, as an API server that hangs. */
  stop(): void;
  /** It goes on, and answers also what it was asked meanwhile. */
  goOn(): void;
  /** The requests that it has got: method and path with query. */
  requests(): Promise<string[]>;
}

/** @param namespaces that it has */
export async function startEmulatorProcess(
  namespaces: readonly string[],
): Promise<EmulatorProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.filename!, ...namespaces],
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
  for (const namespace of Deno.args) emulator.cluster.addNamespace(namespace);
  const { addr: { port } } = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json(emulator.requests),
  );
  const requests = `http://127.0.0.1:${port}/`;
  console.log(JSON.stringify({ kubeconfig: emulator.kubeconfig(), requests }));
}
