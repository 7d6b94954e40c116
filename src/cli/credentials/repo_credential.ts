import { Failure } from "../failure.ts";
import { hasPasswordFlag, type PasswordFlags, passwordOf } from "./password.ts";
import { SecretInput } from "./secret_input.ts";

/** Of repositories, their credential, and how they are reached. */
export type RepoFlags = PasswordFlags & {
  readonly url?: readonly string[];
  readonly bearerTokenStdin?: boolean;
  readonly bearerTokenFile?: string;
  readonly sshPrivateKeyFile?: string;
  readonly githubAppId?: string;
  readonly githubAppInstallationId?: string;
  readonly githubAppPrivateKeyFile?: string;
  readonly githubAppEnterpriseUrl?: string;
  readonly gcpServiceAccountKeyFile?: string;
  readonly tlsClientCertFile?: string;
  readonly tlsClientKeyFile?: string;
  readonly proxy?: string;
  readonly proxyFile?: string;
  readonly noProxy?: string;
  readonly insecure?: boolean;
  readonly insecureOciHttp?: boolean;
};

/** Whether there is what a repository's credential needs, by the API's fields. */
export function repoGiven(flags: RepoFlags) {
  return {
    url: flags.url !== undefined,
    username: flags.username !== undefined || !hasPasswordFlag(flags),
  };
}

/**
 * What these are in a request.
 * @throws {Failure} for what cannot be read, or is where others see it
 */
export async function repoFields(flags: RepoFlags, input = new SecretInput()) {
  const { url: urls = [] } = flags;
  const fields = {
    bearer_token: await input.line({
      flag: "--bearer-token",
      stdin: flags.bearerTokenStdin,
      file: flags.bearerTokenFile,
    }),
    ssh_private_key: await input.text({ flag: "--ssh-private-key", file: flags.sshPrivateKeyFile }),
    github_app: await githubApp(flags, input),
    gcp_service_account_key: await input.text({
      flag: "--gcp-service-account-key",
      file: flags.gcpServiceAccountKeyFile,
    }),
  };
  const hasOther = Object.values(fields).some((value) => value !== undefined);
  const isWanted = flags.username !== undefined && !hasOther;
  return {
    url: urls.length === 1 ? urls[0] : undefined,
    urls: urls.length > 1 ? urls : undefined,
    username: flags.username,
    password: await passwordOf(flags, input, urls[0] ?? "the repository", isWanted),
    ...fields,
    tls_client_cert: await input.text({ flag: "--tls-client-cert", file: flags.tlsClientCertFile }),
    tls_client_key: await input.text({ flag: "--tls-client-key", file: flags.tlsClientKeyFile }),
    proxy: await proxyOf(flags, input),
    no_proxy: flags.noProxy,
    insecure: flags.insecure,
    insecure_oci_http: flags.insecureOciHttp,
  };
}

async function githubApp(flags: RepoFlags, input: SecretInput) {
  const app = {
    id: flags.githubAppId,
    installation_id: flags.githubAppInstallationId,
    private_key: await input.text({
      flag: "--github-app-private-key",
      file: flags.githubAppPrivateKeyFile,
    }),
    enterprise_url: flags.githubAppEnterpriseUrl,
  };
  return Object.values(app).every((value) => value === undefined) ? undefined : app;
}

async function proxyOf(
  { proxy, proxyFile: file }: RepoFlags,
  input: SecretInput,
): Promise<string | undefined> {
  if (proxy !== undefined && file !== undefined) {
    throw new Failure("Give --proxy or --proxy-file, not both", 2);
  }
  if (proxy?.includes("@")) {
    throw new Failure(
      "Cannot take --proxy with a user: arguments are seen by everyone on this machine; give the " +
        "URL by --proxy-file",
      2,
    );
  }
  return proxy ?? await input.line({ flag: "--proxy", file });
}
