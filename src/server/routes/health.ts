import { type EndpointModule, type Handle, SERVICE } from "../endpoint.ts";

/** Loads the schemas only when asked, since /health is what a start is waited for by. */
export const describe: EndpointModule["describe"] = async () => {
  const [{ Health }, { errors, json }] = await Promise.all([
    import("../answers.ts"),
    import("./openapi_content.ts"),
  ]);
  return {
    answers: { 200: json("It runs", Health), ...errors({ 503: "The server is shutting down" }) },
  };
};

/** Touches nothing outside the process. */
export function health(): { status: "healthy"; service: string; timestamp: string } {
  return { status: "healthy", service: SERVICE, timestamp: new Date().toUTCString() };
}

export const handle: Handle = () => ({ status: 200, body: health() });
