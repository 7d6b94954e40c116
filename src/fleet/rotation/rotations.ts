import type { Past, SameAgain } from "./past.ts";
import type { Proof, RotationCluster, TriedPlace } from "./shapes.ts";

/** By which a rotation of a value is known, beside what `aboutOf` gives. */
export const fingerprintKey = (fingerprint: string) => `value ${fingerprint}`;

/** What is known of a rotation, while it runs and afterwards. */
export interface RotationRecord {
  readonly rotation: string;
  /** `planned` is a dry run. */
  readonly state: "planned" | "running" | "done" | "interrupted";
  /** ISO time. */
  readonly started: string;
  readonly ended?: string;
  /** Who asked for it. */
  readonly by: string;
  /** Clusters of the selection, sorted; while it is not known which places there are, none. */
  readonly names: readonly string[];
  /** What came of those that have ended. */
  readonly clusters: readonly RotationCluster[];
  readonly verified?: readonly TriedPlace[];
  /** When all clusters were looked at for the old value. */
  readonly proof?: Proof;
  /** Fingerprints of what it replaces, once known. */
  readonly replaces: readonly string[];
  /** Of the key by which all fingerprints of it are made. */
  readonly key?: string | undefined;
  /** See {@link Past}. */
  readonly replacesOf?: readonly string[];
  /** Fingerprint of what was sought, where that is no value. */
  readonly about?: string | undefined;
  /** Whether also pull secrets without a docker label were meant. @default false */
  readonly everywhere?: boolean;
  /** Whether the old value was found: then, or by an earlier rotation. */
  readonly wasFound?: boolean;
  /** Fingerprint of the new value. */
  readonly to?: string | undefined;
}

/** What is known of one when it begins. */
export interface Beginning
  extends Pick<RotationRecord, "by" | "about" | "to" | "key" | "everywhere"> {
  /** Of the clusters that are selected. @default none is known yet */
  readonly names?: readonly string[];
  /** What it is about, as far as it is known: no two with one key run at once. */
  readonly keys: readonly string[];
}

/** A rotation that runs, for whom carries it out. */
export interface Running {
  readonly rotation: string;
  /**
   * Claims what else it is about: no other rotation of that begins.
   * @returns the id of the one that has it already; then nothing is claimed
   */
  claim(keys: readonly string[]): string | undefined;
  /** Notes how far it is. */
  note(
    progress: Partial<
      Pick<RotationRecord, "names" | "verified" | "replaces" | "replacesOf" | "wasFound" | "proof">
    >,
  ): void;
  /** Notes what came of a cluster. */
  ended(cluster: RotationCluster): void;
  /** It is over, and is remembered. */
  end(state: "done" | "interrupted"): void;
  /** It is over, and nothing has come of it. After {@link end} it does nothing. */
  drop(): void;
}

/** How many secrets, places and clusters all remembered rotations have at most. */
const MOST_REMEMBERED = 200_000;

type Mutable<Of> = { -readonly [Key in keyof Of]: Of[Key] };

/**
 * Rotations of this process: those that run, of which there is one for each old value at a time and none
 * that writes what another one replaces, and those that have ended, the oldest of which are forgotten. No
 * value is kept.
 */
export class Rotations {
  /** Ids by what they are about. */
  readonly #claimed = new Map<string, string>();
  readonly #running = new Map<string, RotationRecord>();
  /** The oldest first. */
  readonly #ended = new Map<string, RotationRecord>();
  #remembered = 0;

  /**
   * @param most see {@link MOST_REMEMBERED}
   * @param now milliseconds
   */
  constructor(
    private readonly most = MOST_REMEMBERED,
    private readonly now: () => number = Date.now,
  ) {}

  /** Begins one, unless another one has one of its keys. */
  begin(
    rotation: string,
    { keys, ...more }: Beginning,
  ): Running | { readonly running: string } {
    const running = this.#claim(rotation, keys, more.to);
    if (running !== undefined) return { running };
    const clusters: RotationCluster[] = [];
    const started = new Date(this.now()).toISOString();
    const record: Mutable<RotationRecord> = {
      ...{ rotation, state: "running", started, names: [], clusters, replaces: [] },
      ...more,
    };
    this.#running.set(rotation, record);
    const isOver = () => !this.#running.has(rotation);
    return {
      rotation,
      claim: (more) => this.#claim(rotation, more, record.to),
      note: (progress) => void Object.assign(record, progress),
      ended: (cluster) => void clusters.push(cluster),
      end: (state) => {
        if (isOver()) return;
        this.#release(rotation);
        const ended = new Date(this.now()).toISOString();
        this.#remember({ ...record, state, ended });
      },
      drop: () => {
        if (!isOver()) this.#release(rotation);
      },
    };
  }

  /** What is known of one; `undefined` of one that is not known (any more). */
  get(rotation: string): RotationRecord | undefined {
    return this.#running.get(rotation) ?? this.#ended.get(rotation);
  }

  /**
   * Whether one of these rotations has found a value with this fingerprint.
   * @param key by which it is made
   * @param isSeen whether a cluster is for who asks: of a rotation that is about others nothing is told
   */
  hasFound(fingerprint: string, key: string, isSeen: (cluster: string) => boolean): boolean {
    return [...this.#ended.values()].some((each) =>
      each.wasFound && each.key === key && each.replaces.includes(fingerprint) &&
      each.names.every(isSeen)
    );
  }

  /**
   * Rotations that have sought the same, newest first.
   * @param isSeen see {@link hasFound}
   */
  past(
    { about, key }: Pick<SameAgain, "about" | "key">,
    isSeen: (cluster: string) => boolean,
  ): Past[] {
    const same = [...this.#ended.values()].filter((each) =>
      each.about === about && each.key === key && each.names.every(isSeen)
    );
    return same.reverse().map(({ to, everywhere = false, replaces, replacesOf = [], proof }) => ({
      ...{ to, everywhere, replaces, replacesOf },
      isSafe: proof?.safe_to_revoke === true,
    }));
  }

  /** @returns the id of the one that is about one of these, or writes what this one replaces, or the reverse */
  #claim(rotation: string, keys: readonly string[], to?: string): string | undefined {
    const written = to === undefined ? [] : [fingerprintKey(to)];
    const writes = [...this.#running.values()].find((each) =>
      each.rotation !== rotation && each.to !== undefined && keys.includes(fingerprintKey(each.to))
    );
    const other = writes?.rotation ?? [...keys, ...written].map((key) => this.#claimed.get(key))
      .find((id) => id !== undefined && id !== rotation);
    if (other !== undefined) return other;
    for (const key of keys) this.#claimed.set(key, rotation);
    return undefined;
  }

  #release(rotation: string): void {
    this.#running.delete(rotation);
    for (const [key, id] of this.#claimed) if (id === rotation) this.#claimed.delete(key);
  }

  #remember(record: RotationRecord): void {
    this.#ended.set(record.rotation, record);
    this.#remembered += sizeOf(record);
    for (const [id, oldest] of this.#ended) {
      if (this.#remembered <= this.most || this.#ended.size === 1) return;
      this.#ended.delete(id);
      this.#remembered -= sizeOf(oldest);
    }
  }
}

/** Of how many entries it is made. */
function sizeOf({ clusters, proof, names }: RotationRecord): number {
  const secrets = clusters.map(({ secrets, left }) => 1 + secrets.length + left.length);
  const places = proof?.old_value.places.length ?? 0;
  return secrets.reduce((sum, each) => sum + each, names.length + places);
}
