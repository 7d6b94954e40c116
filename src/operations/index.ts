import { Index } from "./server_answers.ts";
import { json } from "./openapi/content.ts";
import { type OperationModule, SERVICE } from "./operation.ts";
import { type OperationRoute, routesOf } from "./routes.ts";

export const describe: OperationModule["describe"] = () => ({
  answers: { 200: json("The endpoints", Index) },
});

/** At the root, lists the paths at the root and below `/api/v1`; below `/api/v1`, only those. */
export const take: OperationModule["take"] = ({ face }) => ({
  run({ version, operations }) {
    const others = operations.filter(({ path }) => path !== ""); // not itself
    const routes = routesOf(others).filter((route) => route.face === "v1" || face !== "v1");
    const endpoints = Object.fromEntries(
      routes.map((route) => [
        `${route.operation.method.toUpperCase()} ${route.path}`,
        inOneLine(route),
      ]),
    );
    const body = { service: SERVICE, version, endpoints };
    return Promise.resolve({ reply: () => ({ status: 200, body }) });
  },
});

function inOneLine({ operation: { summary }, parameters }: OperationRoute): string {
  if (parameters.length === 0) return summary;
  return `${summary}; parameter${parameters.length > 1 ? "s" : ""}: ${parameters.join(", ")}`;
}
