/** A minimal server with `Deno.serve` that answers /health. */
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`http://127.0.0.1:${port}`),
}, () =>
  Response.json({
    status: "healthy",
    service: "Cluster API Configuration Server",
    timestamp: new Date().toUTCString(),
  }));
