import { createHash } from "node:crypto";
import { faultOf, MAX_BYTES, type Trust } from "../../files/trusted.ts";
import { flattened, minified } from "../../kube/kubeconfig/contexts.ts";
import { documentOf, textOfDocument } from "../../kube/kubeconfig/to_yaml.ts";
import { serverIdentity } from "../../kube/kubeconfig/identity.ts";
import { judge } from "../../kube/kubeconfig/judge.ts";
import { refuse } from "../../kube/kubeconfig/refused.ts";
import { shownServer } from "../../kube/kubeconfig/server_url.ts";
import type { Config } from "../../kube/kubeconfig/shape.ts";
import type { Value } from "../../kube/kubeconfig/yaml.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { RUNS_PROGRAM, runsPrograms, type VetRules, whyNamesUseless } from "../vet.ts";

/** One context of a kubeconfig, found usable, as a kubeconfig of its own. */
export interface Login {
  readonly text: Sealed<string>;
  /** Address of the API server, without what may be secret in it. */
  readonly server: string;
  /** Of the API server, as {@link serverIdentity} has it. */
  readonly identity: string;
  /** A hash of all that says how to connect: the same for the same server and credential. */
  readonly key: string;
}

/**
 * Takes one context out of a kubeconfig, with files embedded, as `kubectl config view --minify
 * --flatten --raw` does. What would be refused in the folder of clusters is refused here.
 *
 * Permissions: `--allow-read` of the files that it names and of the ways to them.
 * @param config whose paths are absolute
 * @throws {NotUsable}
 */
export function loginOf(config: Config, context: string, rules: VetRules): Login {
  const minimal = minified(config, context);
  const given = documentOf(minimal);
  const current = judge(given);
  if (!rules.allowExecPlugins && runsPrograms(given, current)) refuse(RUNS_PROGRAM);
  const why = whyNamesUseless("/", current, rules);
  if (why !== undefined) refuse(why);
  const flat = flattened(minimal, (path) => contentOf(path, rules));
  const document = documentOf(flat);
  const text = textOfDocument(document);
  if (text.length > MAX_BYTES) refuse(`it would be larger than ${MAX_BYTES} bytes`);
  const judged = judge(document);
  return {
    text: seal(text),
    server: shownServer(judged.server),
    identity: serverIdentity(judged),
    key: keyOf(flat),
  };
}

/** Of what names a file that kubectl would not open, too, `--flatten` embeds the content. */
function contentOf(path: string, trust: Trust): Uint8Array {
  try {
    const fault = faultOf(path, trust, MAX_BYTES);
    if (fault !== undefined) refuse(`a file that it names is not used: ${fault.why}`);
    return Deno.readFileSync(path);
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== "string") throw error;
    return refuse("a file that it names cannot be read");
  }
}

/** Names, namespaces and what other programs have noted do not count. */
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

/** The same for whatever order fields have. */
function canonical(value: Value): string {
  return JSON.stringify(
    value,
    (_, each) =>
      each === null || typeof each !== "object" || Array.isArray(each)
        ? each
        : Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : 1)),
  );
}
