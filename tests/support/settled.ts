/** A number after it has not changed for half a second: a loaded machine may count late. */
export async function settled(count: () => number): Promise<number> {
  for (let before = -1, same = 0; same < 5;) {
    const now = count();
    same = now === before ? same + 1 : 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return count();
}
