import { basicOf, bearer } from "./authorization.ts";
import { isPublic, refusal } from "./public.ts";
import type { Session } from "./session.ts";
import type { GitCredential, ServerVerdict } from "./verdict.ts";

/** Some servers recognize Git clients by this prefix, and redirect browsers. */
const USER_AGENT = "git/2 (argocd-configurer)";

const ADVERTISEMENT = "application/x-git-upload-pack-advertisement";

/**
 * Requests the references of the repository, like the start of a fetch. They are not read.
 * @see https://git-scm.com/docs/http-protocol/2.39.0
 */
export async function verifyGit(
  credential: GitCredential,
  url: URL,
  session: Session,
): Promise<ServerVerdict> {
  const { bearerToken } = credential;
  const token = bearerToken?.reveal();
  const authorization = token ? bearer(token) : basicOf(credential);
  if (token && !authorization) {
    return {
      accepted: false,
      why: "The bearer token contains characters that are invalid in a header",
    };
  }
  const request = { url, userAgent: USER_AGENT };
  const isOpen = await isPublic(request, session);
  const { status, headers } = await session.request({ ...request, authorization });
  const refused = refusal(status, authorization !== undefined);
  if (refused) return refused;
  if (status === 404) {
    const why = "Repository not found, or the credential has no access to it (404 Not Found)";
    return { accepted: authorization ? false : undefined, why };
  }
  if (status !== 200) {
    return { accepted: undefined, why: `Unexpected response from the repository: HTTP ${status}` };
  }
  if (headers["content-type"]?.split(";")[0]?.trim() !== ADVERTISEMENT) {
    const why = "The URL is not a Git repository: it does not support Git's HTTP protocol";
    return { accepted: undefined, why };
  }
  const may = [`read ${pathOf(url)}`];
  return isOpen || !authorization
    ? {
      accepted: undefined,
      open: true,
      may,
      why: "The repository is public: it can be read without a credential",
    }
    : { accepted: true, may, why: "The repository accepts the credential: it can be read" };
}

function pathOf({ pathname }: URL): string {
  return pathname.replace(/^\/(.*)\/info\/refs$/, "$1");
}
