/** Far more than anything here takes: it only stops what would never end. */
const SECONDS = 60;

/** Resolves when `isSo`, asked again and again. @throws Error that names `what` when it never is */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + SECONDS * 1000;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`In ${SECONDS} s this did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
