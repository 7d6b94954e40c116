/**
 * The address of the client behind a proxy: the last in `X-Forwarded-For`, which is the one that the
 * proxy in front has added. What stands before it the client may have made up.
 * @param peer who the connection is from, which counts where the header says nothing usable
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For
 */
export function clientAddress(headers: Headers, peer: string): string {
  const last = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(last)?.[1] ?? last.replace(/^([\d.]+):\d+$/, "$1");
  return isAddress(bare) ? bare : peer;
}

function isAddress(text: string): boolean {
  if (text.length > 45) return false;
  return /^\d+(\.\d+){3}$/.test(text)
    ? URL.canParse(`http://${text}/`)
    : /^[0-9a-f.]*:[0-9a-f:.]*$/i.test(text) && URL.canParse(`http://[${text}]/`);
}
