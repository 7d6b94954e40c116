export interface SilentPort {
  /** https://127.0.0.1:PORT */
  readonly url: string;
  /** How many connections it has taken. */
  readonly connections: number;
  close(): Promise<void>;
}

/** A port that takes connections and never says anything, as a hung API server does. */
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
