import type { ObjectMeta, Secret } from "./objects.ts";

/**
 * Objects as tests and the demo put them into a cluster: what is left out gets the server's defaults.
 */

export interface SecretSeed extends Partial<Pick<Secret, "type" | "data" | "immutable">> {
  readonly metadata: Partial<ObjectMeta> & Place;
  /** Values as they are, those of `data` being in base64. */
  readonly stringData?: Readonly<Record<string, string>>;
}

export interface ServiceAccountSeed {
  readonly metadata: Place;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

type Place = Required<Pick<ObjectMeta, "name" | "namespace">>;
