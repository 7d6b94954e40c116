import type { Face } from "./face.ts";
import type { Operation } from "./operation.ts";

/** The prefix of the versioned paths. */
export const PREFIX = "/api/v1";

/** One path of an operation. */
export interface OperationRoute {
  readonly operation: Operation;
  readonly face: Face;
  /** From the root, as OpenAPI writes it. */
  readonly path: string;
  /** Names of its parameters there. */
  readonly parameters: readonly string[];
}

/** All paths of the operations: at the root, then below {@link PREFIX}. */
export function routesOf(operations: readonly Operation[]): OperationRoute[] {
  return [
    ...operations.flatMap((operation): OperationRoute[] => {
      const { parameters: below = [], root } = operation;
      if (root === undefined) return [];
      const { path, isSeed, parameters = below } = root;
      return [{ operation, face: isSeed ? "seed" : "root", path, parameters }];
    }),
    ...operations.map((operation): OperationRoute => {
      const { path, parameters = [] } = operation;
      return { operation, face: "v1", path: PREFIX + path, parameters };
    }),
  ];
}
