import pLimit from "p-limit";
import { deleteOptions, pathOf, pathOfAll } from "../manifest.ts";
import { doing, notDone } from "../reasons.ts";
import { objectShape, removedShape, writtenShape } from "../shapes.ts";
import type { ItemOutcome, SecretStore } from "../store.ts";
import type { WriteItems } from "../writes.ts";
import { AT_ONCE } from "./reads.ts";
import type { ApiSend } from "./send.ts";

/** Writes objects, with one request each. */
export function apiWrites(send: ApiSend, cluster: string): WriteItems {
  return async function write(verb, items, deadline, { dryRun = false } = {}) {
    const query = `fieldManager=argocd-configurer${dryRun ? "&dryRun=All" : ""}`;
    const method = verb === "create" ? "POST" : "PUT";
    return await pLimit(AT_ONCE).map(items, async (item): Promise<ItemOutcome> => {
      const { kind, namespace } = item;
      const path = verb === "create" ? pathOfAll(kind, namespace) : pathOf(kind, item);
      const body = JSON.stringify(item.wire());
      const request = { method, path: `${path}?${query}`, body } as const;
      const shape = writtenShape(objectShape(item.kind, item), dryRun);
      const answer = await send(request, shape, deadline);
      if (!answer.ok) return notDone(cluster, item.doing, answer.report, item);
      const { uid = "", resourceVersion = "" } = (answer.body as Written).metadata;
      return { kind: "done", uid, resourceVersion };
    });
  };
}

/** Removes secrets, with one request each. */
export function apiRemovals(send: ApiSend, cluster: string): SecretStore["remove"] {
  return async function remove(removals, deadline, options = {}) {
    return await pLimit(AT_ONCE).map(removals, async (removal): Promise<ItemOutcome> => {
      const { uid, resourceVersion } = removal;
      const body = JSON.stringify(deleteOptions(removal, options));
      const request = { method: "DELETE", path: pathOf("Secret", removal), body } as const;
      const answer = await send(request, removedShape(removal), deadline);
      if (answer.ok) return { kind: "done", uid, resourceVersion };
      return notDone(cluster, doing.write("delete", removal), answer.report, removal);
    });
  };
}

interface Written {
  readonly metadata: { readonly uid?: string; readonly resourceVersion?: string };
}
