/** Who asks. */
export interface Actor {
  /** Of the token; `anonymous` where none is needed. */
  readonly name: string;
  /** The address that it came from, or what it came by. */
  readonly from: string;
}
