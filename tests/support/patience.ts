/**
 * A `kubectl_timeout` in seconds, far more than needed: a request that a test holds must not time out on a
 * busy machine.
 */
export const PATIENCE = 60;
