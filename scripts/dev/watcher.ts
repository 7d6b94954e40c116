import { type Events, listen } from "./events.ts";
import type { Place } from "./places.ts";
import { changed, snapshot } from "./snapshot.ts";

export interface WatchOptions {
  /** Called at each change, since the configuration may have changed. */
  readonly places: () => Promise<readonly Place[]>;
  /** Called with the sorted absolute paths of changed files. */
  readonly onChange: (paths: string[]) => void;
  /** Called when a place is missing or cannot be watched. */
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
 * Watches places until it is closed; after this resolves, no change is missed. An event only triggers a
 * comparison of contents. So a save is one change, whatever the editor does, a save of the same content is
 * none, a swapped `..data` link is one, and a lost event does no harm if another follows.
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
  /** Starts the new watch first, so that changes during the comparison cause another event. */
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
