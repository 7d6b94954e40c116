import { type OperationModule, SERVICE } from "./operation.ts";

/** Loads the schemas only when asked, since /health is what a start is waited for by. */
export const describe: OperationModule["describe"] = async () => {
  const [{ Health }, { errors, json }] = await Promise.all([
    import("./answers.ts"),
    import("./openapi/content.ts"),
  ]);
  return {
    answers: { 200: json("It runs", Health), ...errors({ 503: "The server is shutting down" }) },
  };
};

/** Touches nothing outside the process. */
export function health(): { status: "healthy"; service: string; timestamp: string } {
  return { status: "healthy", service: SERVICE, timestamp: new Date().toUTCString() };
}

export const take: OperationModule["take"] = () => ({
  run: () => Promise.resolve({ reply: () => ({ status: 200, body: health() }) }),
});
