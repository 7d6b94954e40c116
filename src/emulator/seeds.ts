/** Objects as tests and the demo put them into a cluster: what is left out gets the server's defaults. */

export interface SecretSeed {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  /** @default "Opaque" */
  readonly type?: string;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
  /** Values as they are. */
  readonly stringData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export interface ServiceAccountSeed {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}
