import { userInfo } from "node:os";

/**
 * Who runs this process: the login name, or `uid 1000` where there is none. It is the system's word,
 * not that of the variables USER and LOGNAME, which say what one likes.
 *
 * Permissions: `--allow-sys=userInfo,uid`.
 */
export function userName(): string {
  try {
    const { username } = userInfo();
    if (username !== "") return username;
  } catch {
    // There is no such user on this machine.
  }
  return `uid ${Deno.uid() ?? "unknown"}`;
}
