import { type EndpointModule, type Handle, SERVICE } from "../endpoint.ts";

/** Loads the schemas only when asked, since /health is what a start is waited for by. */
export const describe: EndpointModule["describe"] = async () => {
  const [{ Health }, { json }] = await Promise.all([
    import("../answers.ts"),
    import("./openapi_content.ts"),
  ]);
  return { responses: { 200: json("It runs", Health) } };
};

/** Touches nothing outside the process. */
export const handle: Handle = () => ({
  status: 200,
  body: { status: "healthy", service: SERVICE, timestamp: new Date().toUTCString() },
});
