import { type OperationModule, SERVICE } from "./operation.ts";

/** Loads the schemas only for OpenAPI: a start waits for /health. */
export const describe: OperationModule["describe"] = async () => {
  const [{ Health }, { errors, json }] = await Promise.all([
    import("./server_answers.ts"),
    import("./openapi/content.ts"),
  ]);
  return {
    answers: {
      200: json("The server is running", Health),
      ...errors({ 503: "The server is shutting down" }),
    },
  };
};

/** Uses nothing outside the process. */
export function health(): { status: "healthy"; service: string; timestamp: string } {
  return { status: "healthy", service: SERVICE, timestamp: new Date().toUTCString() };
}

export const take: OperationModule["take"] = () => ({
  run: () => Promise.resolve({ reply: () => ({ status: 200, body: health() }) }),
});
