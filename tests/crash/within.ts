/** Far more than anything here takes: it only ends what would never end. */
const SECONDS = 60;

/** What `promise` gives. @throws Error that names `what` when it does not come */
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

/** Resolves when `isSo`, asked again and again. @throws Error that names `what` when it never is */
export async function untilSo(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + SECONDS * 1000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`In ${SECONDS} s this did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
