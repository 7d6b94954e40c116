/** systemd's end of sd_notify: a socket in a file, or of an abstract name, that keeps what it is told. */
export interface NotifySocket extends AsyncDisposable {
  /** For `NOTIFY_SOCKET`. */
  readonly name: string;
  readonly told: string[];
  /** Resolves when this was told, so many times. */
  heard(message: string, times?: number): Promise<void>;
}

export async function notifySocket(kind: "file" | "abstract"): Promise<NotifySocket> {
  const folder = await Deno.makeTempDir();
  const path = kind === "file" ? `${folder}/notify` : `\0notify-test-${crypto.randomUUID()}`;
  const socket = Deno.listenDatagram({ transport: "unixpacket", path });
  const told: string[] = [];
  let wake = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const [bytes] of socket) {
      told.push(new TextDecoder().decode(bytes));
      wake.resolve();
      wake = Promise.withResolvers();
    }
  })();
  return {
    name: path.replace("\0", "@"),
    told,
    async heard(message, times = 1) {
      while (told.filter((each) => each === message).length < times) await wake.promise;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await reading;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
