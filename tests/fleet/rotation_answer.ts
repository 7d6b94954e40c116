/** Responses to rotations, as tests read them. */

/** The fields that tests read. */
export interface RotationAnswer {
  readonly rotation: string;
  readonly code?: string;
  readonly message?: string;
  readonly clusters: readonly {
    readonly cluster: string;
    readonly status: string;
    readonly secrets: readonly { readonly namespace: string; readonly name: string }[];
    readonly left: readonly {
      readonly namespace: string;
      readonly name: string;
      readonly reason: string;
      readonly remedy: string;
    }[];
    readonly answer?: { readonly code: string; readonly message: string };
  }[];
  readonly old_value: {
    readonly state: string;
    readonly places: readonly { readonly cluster: string; readonly name: string }[];
    readonly not_seen: readonly { readonly cluster: string; readonly status: string }[];
  };
  readonly safe_to_revoke: boolean;
  readonly reasons?: readonly { readonly code: string }[];
}

/** The secrets of a cluster in a response, as `namespace/name`. */
export function refsOf(secrets: readonly { namespace: string; name: string }[]): string[] {
  return secrets.map(({ namespace, name }) => `${namespace}/${name}`).toSorted();
}

/** The status of each cluster, by name. */
export function statusesOf({ clusters }: RotationAnswer): Record<string, string> {
  return Object.fromEntries(clusters.map(({ cluster, status }) => [cluster, status]));
}
