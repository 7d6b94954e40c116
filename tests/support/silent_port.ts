export interface SilentPort {
  /** https://127.0.0.1:PORT */
  readonly url: string;
  /** The number of accepted connections. */
  readonly connections: number;
  close(): Promise<void>;
}

/** A port that accepts connections and never responds, like an API server that hangs. */
export function silentPort(): SilentPort {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    url: `https://127.0.0.1:${listener.addr.port}`,
    get connections() {
      return connections.length;
    },
    async close() {
      listener.close();
      await accepting;
      for (const connection of connections) connection.close();
    },
  };
}
