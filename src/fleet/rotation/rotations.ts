import type { PastRotation, SameSearch } from "./past.ts";
import type { ClusterState, Proof, RotationCluster, VerifiedPlace } from "./shapes.ts";

/** The key under which a rotation of a value is claimed; `aboutOf` makes the keys of other searches. */
export const fingerprintKey = (fingerprint: string) => `value ${fingerprint}`;

/** The state of a rotation, while it runs and afterwards. */
export interface RotationRecord {
  readonly rotation: string;
  /** `planned` is a dry run. */
  readonly state: "planned" | "running" | "done" | "interrupted";
  /** ISO time. */
  readonly started: string;
  readonly ended?: string;
  /** The caller. */
  readonly by: string;
  /** The selected clusters, sorted; empty until the clusters were read. */
  readonly names: readonly string[];
  /** The results of the finished clusters. */
  readonly clusters: readonly RotationCluster[];
  /**
   * The number of clusters by status; only of a finished rotation from the audit log, which has no lines for clusters
   * without a write.
   */
  readonly counts?: Readonly<Partial<Record<ClusterState, number>>>;
  readonly verified?: readonly VerifiedPlace[];
  /** The result of the search for the old value on all clusters, after it. */
  readonly proof?: Proof;
  /** Fingerprints of the old values, once known. */
  readonly replaces: readonly string[];
  /** Identifies the key with which all its fingerprints are made. */
  readonly key?: string | undefined;
  /** See {@link PastRotation}. */
  readonly replacesOf?: readonly string[];
  /** Fingerprint of the search by registry, URL or name; absent where the value was given. */
  readonly about?: string | undefined;
  /** Whether pull secrets without a docker label were included. @default false */
  readonly everywhere?: boolean;
  /** Whether the old value was found, by this or by an earlier rotation. */
  readonly wasFound?: boolean;
  /** Fingerprint of the new value. */
  readonly to?: string | undefined;
}

/** What is known of a rotation when it starts. */
export interface RotationStart
  extends Pick<RotationRecord, "by" | "about" | "to" | "key" | "everywhere"> {
  /** The selected clusters. @default none known yet */
  readonly names?: readonly string[];
  /** Claimed keys: rotations with a common key never run concurrently. */
  readonly keys: readonly string[];
}

/** A running rotation, for the code that carries it out. */
export interface Running {
  readonly rotation: string;
  /**
   * Claims further keys.
   * @returns the id of the rotation that has one of them already; then nothing is claimed
   */
  claim(keys: readonly string[]): string | undefined;
  /** Updates the record. */
  note(
    progress: Partial<
      Pick<RotationRecord, "names" | "verified" | "replaces" | "replacesOf" | "wasFound" | "proof">
    >,
  ): void;
  /** Adds the result of a cluster. */
  add(cluster: RotationCluster): void;
  /** Finishes the rotation and remembers it. */
  finish(state: "done" | "interrupted"): void;
  /** Ends the rotation without remembering it. Does nothing after {@link finish}. */
  drop(): void;
}

/** The most secrets, places and clusters in all remembered rotations together. */
const MOST_REMEMBERED = 200_000;

type Mutable<Of> = { -readonly [Key in keyof Of]: Of[Key] };

/**
 * The rotations of this process. Running ones never have the same old value, and none writes a value that another one
 * replaces. Finished ones are remembered, and the oldest are dropped first. No value is kept.
 */
export class Rotations {
  /** Ids by claimed key. */
  readonly #claimed = new Map<string, string>();
  readonly #running = new Map<string, RotationRecord>();
  /** Oldest first. */
  readonly #finished = new Map<string, RotationRecord>();
  #remembered = 0;

  /**
   * @param most see {@link MOST_REMEMBERED}
   * @param now milliseconds
   */
  constructor(
    private readonly most = MOST_REMEMBERED,
    private readonly now: () => number = Date.now,
  ) {}

  /** Starts a rotation, unless another one has claimed one of its keys. */
  start(
    rotation: string,
    { keys, ...more }: RotationStart,
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
      add: (cluster) => void clusters.push(cluster),
      finish: (state) => {
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

  /** The record of a rotation; `undefined` where it is unknown or was dropped. */
  get(rotation: string): RotationRecord | undefined {
    return this.#running.get(rotation) ?? this.#finished.get(rotation);
  }

  /**
   * Whether a finished rotation found a value with this fingerprint.
   * @param key identifies the key of the fingerprint
   * @param isSeen whether the caller may access a cluster; rotations of other clusters do not count
   */
  hasFound(fingerprint: string, key: string, isSeen: (cluster: string) => boolean): boolean {
    return [...this.#finished.values()].some((each) =>
      each.wasFound && each.key === key && each.replaces.includes(fingerprint) &&
      each.names.every(isSeen)
    );
  }

  /**
   * Finished rotations with the same search, newest first.
   * @param isSeen see {@link hasFound}
   */
  past(
    { about, key }: Pick<SameSearch, "about" | "key">,
    isSeen: (cluster: string) => boolean,
  ): PastRotation[] {
    const same = [...this.#finished.values()].filter((each) =>
      each.about === about && each.key === key && each.names.every(isSeen)
    );
    return same.reverse().map(({ to, everywhere = false, replaces, replacesOf = [], proof }) => ({
      ...{ to, everywhere, replaces, replacesOf },
      isSafe: proof?.safe_to_revoke === true,
    }));
  }

  /**
   * @returns the id of a running rotation that has one of these keys, writes a value that this one replaces, or replaces
   * the value that this one writes
   */
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
    this.#finished.set(record.rotation, record);
    this.#remembered += sizeOf(record);
    for (const [id, oldest] of this.#finished) {
      if (this.#remembered <= this.most || this.#finished.size === 1) return;
      this.#finished.delete(id);
      this.#remembered -= sizeOf(oldest);
    }
  }
}

/** The number of secrets, places and clusters in a record. */
function sizeOf({ clusters, proof, names }: RotationRecord): number {
  const secrets = clusters.map(({ secrets, left }) => 1 + secrets.length + left.length);
  const places = proof?.old_value.places.length ?? 0;
  return secrets.reduce((sum, each) => sum + each, names.length + places);
}
