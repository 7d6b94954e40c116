/** Resolves after some milliseconds, or as soon as the signal aborts. */
export function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const onAbort = () => resolve();
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) resolve();
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  });
}

/** Whether a promise settles in time, fulfilled or rejected. */
export async function settlesWithin(
  promise: Promise<unknown>,
  milliseconds: number,
): Promise<boolean> {
  const settled = new AbortController();
  const isSettled = promise.then(() => true, () => true);
  try {
    return await Promise.race([isSettled, delay(milliseconds, settled.signal).then(() => false)]);
  } finally {
    settled.abort();
  }
}
