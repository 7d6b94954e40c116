import type { Face } from "./face.ts";
import type { Operation } from "./operation.ts";

/** Where what is versioned is found. */
export const PREFIX = "/api/v1";

/** One way to ask for an operation. */
export interface OperationRoute {
  readonly operation: Operation;
  readonly face: Face;
  /** From the root, as OpenAPI writes it. */
  readonly path: string;
}

/** All ways to ask for operations: at the root, and then below {@link PREFIX}. */
export function routesOf(operations: readonly Operation[]): OperationRoute[] {
  return [
    ...operations.map((operation): OperationRoute => {
      const { root: { path, isSeed } } = operation;
      return { operation, face: isSeed ? "seed" : "root", path };
    }),
    ...operations.map((operation): OperationRoute => {
      return { operation, face: "v1", path: PREFIX + operation.path };
    }),
  ];
}
