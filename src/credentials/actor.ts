/** Who asks. */
export interface Actor {
  /** Of the token; where none is needed `anonymous`, or the system's user of the command line. */
  readonly name: string;
  /** The address that it came from, or what it came by. */
  readonly from: string;
}
