import { type Events, listen } from "./events.ts";
import type { Place } from "./places.ts";
import { changed, snapshot } from "./snapshot.ts";

export interface WatchOptions {
  /** Asked again at each change, since it may have been one of the configuration. */
  readonly places: () => Promise<readonly Place[]>;
  /** Called with the absolute paths of files that have another content than before, sorted. */
  readonly onChange: (paths: string[]) => void;
  /** Called when a place turns out to be missing, or something cannot be watched. */
  readonly onTrouble: (path: string, why: "missing" | Error) => void;
  /** Milliseconds without an event after which a change is complete. @default 100 */
  readonly quiet?: number;
  /** @default Deno.watchFs */
  readonly watchFs?: typeof Deno.watchFs;
}

export interface Watching {
  close(): Promise<void>;
}

/**
 * Watches places until it is closed; when this resolves, no later change is missed. An event only
 * tells that it is time to look: what has changed is found by comparing contents. So a save is one
 * change however an editor does it, one of the same content is none, a `..data` link that is
 * swapped is one, and an event that got lost does no harm when another follows.
 *
 * Permissions: `--allow-read` of the places and the folders that they are in.
 */
export async function watch(options: WatchOptions): Promise<Watching> {
  const { places, onChange, onTrouble, quiet = 100, watchFs } = options;
  let closed = false;
  let events: Events | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking = Promise.resolve();

  const onEvent = () => {
    clearTimeout(timer);
    timer = closed ? undefined : setTimeout(() => looking = looking.then(compare), quiet);
  };
  /** Listens anew first: what changes while the files are read is an event again. */
  const look = async () => {
    const now = await places();
    const known = events?.troubles;
    await events?.close();
    events = await listen(now, { onEvent, watchFs });
    for (const [path, why] of events.troubles) if (!known?.has(path)) onTrouble(path, why);
    return await snapshot(now);
  };
  let before = await look();
  const compare = async () => {
    if (closed) return;
    const after = await look();
    const paths = changed(before, after);
    before = after;
    if (paths.length > 0 && !closed) onChange(paths);
  };
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
      await events?.close();
    },
  };
}
