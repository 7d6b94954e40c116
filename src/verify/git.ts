import { basicOf, bearer } from "./authorization.ts";
import { isPublic, refusal } from "./public.ts";
import type { Session } from "./session.ts";
import type { Finding, GitCredential } from "./verdict.ts";

/** By its beginning some servers tell Git's clients from browsers, which they send elsewhere. */
const USER_AGENT = "git/2 (argocd-configurer)";

const ADVERTISEMENT = "application/x-git-upload-pack-advertisement";

/**
 * Asks for the references of the repository, as each fetch begins. They are not read.
 * @see https://git-scm.com/docs/http-protocol/2.39.0
 */
export async function verifyGit(
  credential: GitCredential,
  url: URL,
  session: Session,
): Promise<Finding> {
  const { bearerToken } = credential;
  const token = bearerToken?.reveal();
  const authorization = token ? bearer(token) : basicOf(credential);
  if (token && !authorization) {
    return { accepted: false, why: "The bearer token has characters that no header can hold" };
  }
  const question = { url, userAgent: USER_AGENT };
  const isOpen = await isPublic(question, session);
  const { status, headers } = await session.ask({ ...question, authorization });
  const refused = refusal(status, authorization !== undefined);
  if (refused) return refused;
  if (status === 404) {
    const why = "There is no repository at the URL, or the credential has no right to it, which " +
      "GitHub and others answer with 404 as well";
    return { accepted: authorization ? false : undefined, why };
  }
  if (status !== 200) return { accepted: undefined, why: `The repository answers with ${status}` };
  if (headers["content-type"]?.split(";")[0]?.trim() !== ADVERTISEMENT) {
    const why = "What is at the URL does not speak Git's HTTP protocol";
    return { accepted: undefined, why };
  }
  const may = [`read ${pathOf(url)}`];
  return isOpen || !authorization
    ? {
      accepted: undefined,
      open: true,
      may,
      why: "The repository is public: everyone may read it",
    }
    : { accepted: true, may, why: "The repository accepts the credential and may be read" };
}

function pathOf({ pathname }: URL): string {
  return pathname.replace(/^\/(.*)\/info\/refs$/, "$1");
}
