/** Far more than anything here takes: it only ends what would never end. */
const SECONDS = 60;

/** The result of `promise`. @throws Error that names `what` on a timeout */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  explain = () => "",
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`In ${SECONDS} s this did not come: ${what}\n${explain()}`));
  }, SECONDS * 1000);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when `isSo` returns true, polled. @throws Error that names `what` on a timeout */
export async function untilSo(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + SECONDS * 1000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`In ${SECONDS} s this did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
