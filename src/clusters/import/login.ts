import { createHash } from "node:crypto";
import { fileProblem, MAX_BYTES, type Trust } from "../../files/trusted.ts";
import { flattened, minified } from "../../kube/kubeconfig/contexts.ts";
import { documentOf, textOfDocument } from "../../kube/kubeconfig/to_yaml.ts";
import { serverIdentity } from "../../kube/kubeconfig/identity.ts";
import { judge } from "../../kube/kubeconfig/judge.ts";
import { reject } from "../../kube/kubeconfig/not_usable.ts";
import { shownServer } from "../../kube/kubeconfig/server_url.ts";
import type { Config } from "../../kube/kubeconfig/shape.ts";
import type { YamlValue } from "../../kube/kubeconfig/yaml.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { RUNS_PROGRAM, runsPrograms, type VetRules, whyReferencesUnusable } from "../vet.ts";

/** A usable context of a kubeconfig, as a kubeconfig of its own. */
export interface ContextLogin {
  readonly text: Sealed<string>;
  /** The API server's URL, without secrets. */
  readonly server: string;
  /** The API server's {@link serverIdentity}. */
  readonly identity: string;
  /** A hash of everything that determines the connection: equal for the same server and credential. */
  readonly key: string;
}

/**
 * Extracts one context of a kubeconfig, with files embedded, like `kubectl config view --minify --flatten
 * --raw`. It is rejected by the same rules as a kubeconfig in the clusters folder.
 *
 * Permissions: `--allow-read` of the files that it names and of the folders on their paths.
 * @param config with absolute paths
 * @throws {NotUsable}
 */
export function loginOf(config: Config, context: string, rules: VetRules): ContextLogin {
  const minimal = minified(config, context);
  const given = documentOf(minimal);
  const current = judge(given);
  if (!rules.allowExecPlugins && runsPrograms(given, current)) reject(RUNS_PROGRAM);
  const why = whyReferencesUnusable("/", current, rules);
  if (why !== undefined) reject(why);
  const flat = flattened(minimal, (path) => contentOf(path, rules));
  const document = documentOf(flat);
  const text = textOfDocument(document);
  if (text.length > MAX_BYTES) reject(`it would be larger than ${MAX_BYTES} bytes`);
  const judged = judge(document);
  return {
    text: seal(text),
    server: shownServer(judged.server),
    identity: serverIdentity(judged),
    key: keyOf(flat),
  };
}

/** The content of a file to embed. Like `--flatten`, this includes files that kubectl would not open. */
function contentOf(path: string, trust: Trust): Uint8Array {
  try {
    const problem = fileProblem(path, trust, MAX_BYTES);
    if (problem !== undefined) reject(`a file that it names cannot be trusted: ${problem.why}`);
    return Deno.readFileSync(path);
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== "string") throw error;
    return reject("a file that it names cannot be read");
  }
}

/** The {@link ContextLogin.key}. Names, namespaces and extensions do not count. */
function keyOf({ clusters, users }: Config): string {
  const [cluster] = clusters.values();
  const [user] = users.values();
  const counted = documentOf({
    preferences: { colors: false, extensions: new Map() },
    clusters: new Map([["", { ...cluster!, extensions: new Map() }]]),
    users: new Map([["", { ...user!, extensions: new Map() }]]),
    contexts: new Map(),
    "current-context": "",
    extensions: new Map(),
  } as unknown as Config);
  return createHash("sha256").update(canonical(counted)).digest("hex");
}

/** JSON with sorted fields. */
function canonical(value: YamlValue): string {
  return JSON.stringify(
    value,
    (_, each) =>
      each === null || typeof each !== "object" || Array.isArray(each)
        ? each
        : Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : 1)),
  );
}
