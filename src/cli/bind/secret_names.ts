import { isClusterName } from "../../clusters/folder.ts";
import { UnexpectedPositionalError } from "@stricli/core";
import { Failure } from "../failure.ts";
import { parsingError } from "../parsing_error.ts";

/** Names of secrets as arguments: as `-o name` prints them. */

/** A secret given as `CLUSTER/NAMESPACE/NAME`. */
export interface SecretArgument {
  /** The argument as given. */
  readonly text: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** The secrets that the arguments name. */
export type Named =
  | { readonly kind: "placed"; readonly secrets: readonly SecretArgument[] }
  | { readonly kind: "names"; readonly cluster?: string; readonly names: readonly string[] };

/** The message repeats no value: it may be a misplaced password. */
const otherForm = () =>
  new Failure("A secret must be given as NAME, secret/NAME or CLUSTER/NAMESPACE/NAME", 2);

const FLAGS = "--cluster, --selector or --all-clusters";
const ALL_FLAGS = "flags for clusters (--cluster, --selector, --all-clusters)";

/** The form of kubectl, `secret/NAME`; with two slashes, the first part is a cluster. */
const OBJECT = /^secrets?\/(?=[^/]*$)/;

/**
 * Parses `[CLUSTER] [NAME …]`, or `[NAME …]` if flags select the clusters.
 * @param areFlags whether flags select the clusters
 * @throws {Failure}
 */
export function namedBy(values: readonly string[], areFlags: boolean): Named {
  const flag = values.find((text) => text.startsWith("-"));
  if (flag !== undefined) {
    const error = new UnexpectedPositionalError(values.length, flag);
    throw new Failure(parsingError(error, {}, []), 2, { isInHelp: true });
  }
  const isPlaced = (text: string) => text.split("/").length === 3;
  if (values.some(isPlaced)) {
    if (!values.every(isPlaced)) {
      throw new Failure("Give all secrets as CLUSTER/NAMESPACE/NAME, or none", 2);
    }
    if (areFlags) {
      throw new Failure(`Give CLUSTER/NAMESPACE/NAME or ${ALL_FLAGS}, not both`, 2);
    }
    return { kind: "placed", secrets: [...new Set(values)].map(placed) };
  }
  const cluster = areFlags ? undefined : values[0];
  const names = areFlags ? values : values.slice(1);
  if (cluster !== undefined && OBJECT.test(cluster)) {
    throw new Failure(`Missing CLUSTER, ${FLAGS} beside secret/NAME`, 2, {
      isInHelp: true,
    });
  }
  if (cluster?.includes("/")) throw otherForm();
  if (names.length > 1 && !names.every((name) => OBJECT.test(name))) {
    throw new Failure(
      areFlags
        ? `Give CLUSTER or ${ALL_FLAGS}, not both`
        : "Give one NAME, or several as secret/NAME or CLUSTER/NAMESPACE/NAME",
      2,
      { isInHelp: !areFlags },
    );
  }
  return { kind: "names", cluster, names: [...new Set(names.map(bare))] };
}

function placed(text: string): SecretArgument {
  const [cluster = "", namespace = "", name = ""] = text.split("/");
  if (!isClusterName(cluster) || namespace === "" || name === "") {
    throw otherForm();
  }
  return { text, cluster, namespace, name };
}

function bare(text: string): string {
  const name = text.replace(OBJECT, "");
  if (name.includes("/")) throw otherForm();
  return name;
}
