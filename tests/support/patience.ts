/**
 * Seconds for the commands of a request (`kubectl_timeout`), far more than they take: on a busy
 * machine one that is held in the middle is not to run out of time.
 */
export const PATIENCE = 60;
