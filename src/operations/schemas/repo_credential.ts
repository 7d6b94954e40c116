import type { z } from "@hono/zod-openapi";
import type { CredentialKind, RepositoryType } from "../../credentials/kinds/credential_kind.ts";
import {
  CLIENT_CERTIFICATE,
  KINDS,
  type RepositoryCredential,
} from "../../credentials/kinds/kinds.ts";
import type { ClientCertificate } from "../../credentials/kinds/tls_client_certificate.ts";
import type { RepositoryUrl } from "../../credentials/kinds/url.ts";
import { allOf, allOrNone, hasOnly, oneOf, type Rule } from "../../fields/rules.ts";
import { refusing } from "../../fields/texts.ts";

/** The credential in a request for a repository: of one kind, or absent. */

export interface UnderstoodCredential {
  readonly credential?: RepositoryCredential;
  readonly clientCertificate?: ClientCertificate;
  readonly hints: readonly string[];
}

const fieldsOf = ({ fields }: CredentialKind) => Object.keys(fields);

/** Fields of the credential kinds that Argo CD does not use for repositories of a type. */
export const unfitFields = (type: RepositoryType): string[] =>
  KINDS.filter(({ types }) => !types.includes(type)).flatMap(fieldsOf);

/** These fields are given, and no field of another kind. */
const only = (names: readonly string[]): Rule =>
  hasOnly(names, KINDS.flatMap(fieldsOf).filter((name) => !names.includes(name)));

/** The checks of {@link repoCredential} that do not depend on the repositories. */
export const REPO_CREDENTIAL_RULE = allOf(
  oneOf(only([]), ...KINDS.map((kind) => only(fieldsOf(kind)))),
  allOrNone(fieldsOf(CLIENT_CERTIFICATE)),
);

/** The fields of each kind as a sentence, for OpenAPI. */
export const KINDS_IN_WORDS = KINDS.map(fieldsOf).map((names) =>
  names.map((name) => `\`${name}\``).join(" and ")
).join(", ").replace(/, (?=[^,]*$)/, " or ");

type Given = Readonly<Record<string, unknown>>;

interface Repositories {
  readonly type: RepositoryType;
  readonly urls: readonly Pick<RepositoryUrl, "over" | "oci">[];
}

/** Parses the credential of a request; adds an issue to the context for each error. */
export function repoCredential(
  given: Given,
  repositories: Repositories,
  context: z.RefinementCtx,
): UnderstoodCredential {
  const [kind, another] = KINDS.filter((each) => firstGiven(each, given) !== undefined);
  if (kind !== undefined && another !== undefined) {
    const message = `cannot be combined with '${
      firstGiven(kind, given)
    }': give one kind of credential`;
    refusing(context)(firstGiven(another, given)!, message);
    return { hints: [] };
  }
  const credential = kind && understood(kind, given, repositories, context);
  const clientCertificate = understood(CLIENT_CERTIFICATE, given, repositories, context);
  const onlyCertificate = clientCertificate && kind === undefined && repositories.type === "git";
  return {
    ...(credential === undefined ? {} : { credential }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    hints: [
      ...(clientCertificate && CLIENT_CERTIFICATE.hints?.(clientCertificate) || []),
      ...(credential && kind?.hints?.(credential) || []),
      ...(onlyCertificate
        ? [
          "Argo CD sends a client certificate to a Git server only together with a password, a " +
          "token or a GitHub App",
        ]
        : []),
    ],
  };
}

const firstGiven = (kind: CredentialKind, given: Given) =>
  fieldsOf(kind).find((field) => given[field] !== undefined);

const TYPES: Readonly<Record<RepositoryType, string>> = { git: "Git", helm: "Helm", oci: "OCI" };

/** The credential of one kind; `undefined` if none of its fields is given. */
function understood<Credential>(
  kind: CredentialKind<Credential>,
  given: Given,
  { type, urls }: Repositories,
  context: z.RefinementCtx,
): Credential | undefined {
  const wrong = refusing(context);
  const fields = fieldsOf(kind);
  const first = firstGiven(kind, given);
  if (first === undefined) return undefined;
  if (!kind.types.includes(type)) {
    const types = kind.types.map((each) => TYPES[each]).join(" and ");
    return wrong(first, `is for ${types} repositories only`);
  }
  const unfit = urls.map((url) => kind.unfit(url, type)).find((why) => why !== undefined);
  if (unfit !== undefined) return wrong(first, unfit);
  const lacking = fields.find((field) => given[field] === undefined);
  if (lacking !== undefined) return wrong(lacking, "is missing");
  const result = kind.parse(Object.fromEntries(fields.map((name) => [name, given[name]])));
  return result.ok ? result.value : wrong("path" in result ? result.path : fields[0]!, result.why);
}
