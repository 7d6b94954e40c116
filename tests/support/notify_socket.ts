/** systemd's end of sd_notify: a socket with a path or an abstract name, which records notifications. */
export interface NotifySocket extends AsyncDisposable {
  /** The value for `NOTIFY_SOCKET`. */
  readonly name: string;
  readonly received: string[];
  /** Resolves when this notification was received this many times. */
  heard(message: string, times?: number): Promise<void>;
}

export async function notifySocket(kind: "file" | "abstract"): Promise<NotifySocket> {
  const folder = await Deno.makeTempDir();
  const path = kind === "file" ? `${folder}/notify` : `\0notify-test-${crypto.randomUUID()}`;
  const socket = Deno.listenDatagram({ transport: "unixpacket", path });
  const received: string[] = [];
  let wake = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const [bytes] of socket) {
      received.push(new TextDecoder().decode(bytes));
      wake.resolve();
      wake = Promise.withResolvers();
    }
  })();
  return {
    name: path.replace("\0", "@"),
    received,
    async heard(message, times = 1) {
      while (received.filter((each) => each === message).length < times) await wake.promise;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await reading;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
