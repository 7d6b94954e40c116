/** The meaning of an error code and what to do, in Markdown. */
export interface Advice {
  readonly means: string;
  readonly todo: string;
}

export const advice = (means: string, todo: string): Advice => ({ means, todo });

export const WAIT = "Wait for the seconds in `Retry-After`, then send the same request again.";
export const LOG = "The line of the server's log with this `request_id` has the reason.";
