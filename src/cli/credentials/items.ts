/** What flags name that may be given several times, each with several by commas. */
export function itemsOf(given: readonly string[] | undefined): string[] | undefined {
  return given?.flatMap((each) => each.split(",")).map((each) => each.trim())
    .filter((each) => each !== "");
}
