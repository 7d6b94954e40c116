package main

import (
	"fmt"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/argoproj/argo-cd/v3/util/helm"
)

// Uses is what each of Argo CD's three clients would take of a repository. Which of them runs is not
// the secret's to say: an Application's source with a chart is for helm, a repoURL that begins with
// oci:// for oci, all else for git.
type Uses struct {
	Git  GitUse      `json:"git"`
	Helm RegistryUse `json:"helm"`
	OCI  RegistryUse `json:"oci"`
}

// GitUse is the kind that Repository.GetGitCreds chose.
type GitUse struct {
	Kind string `json:"kind"`
	// ClientCertificate is true when git would show one, besides the credential.
	ClientCertificate bool `json:"clientCertificate"`
}

// RegistryUse is Repository.GetHelmCreds or GetOCICreds.
type RegistryUse struct {
	// Kind is basic, or azureWorkloadIdentity, whose user name and password Azure would give.
	Kind              string `json:"kind"`
	Username          string `json:"username,omitempty"`
	Password          string `json:"password,omitempty"`
	TLSClientCertData string `json:"tlsClientCertData,omitempty"`
	TLSClientCertKey  string `json:"tlsClientCertKey,omitempty"`
	Insecure          bool   `json:"insecure"`
	PlainHTTP         bool   `json:"plainHTTP"`
}

func usesOf(repository *v1alpha1.Repository) *Uses {
	oci := repository.GetOCICreds()
	return &Uses{
		Git:  gitUse(repository.GetGitCreds(git.NoopCredsStore{})),
		Helm: helmUse(repository.GetHelmCreds()),
		OCI: RegistryUse{
			Kind:              "basic",
			Username:          oci.Username,
			Password:          oci.Password,
			TLSClientCertData: string(oci.CertData),
			TLSClientCertKey:  string(oci.KeyData),
			Insecure:          oci.InsecureSkipVerify,
			PlainHTTP:         oci.InsecureHTTPOnly,
		},
	}
}

func gitUse(creds git.Creds) GitUse {
	use := GitUse{Kind: gitKind(creds)}
	if https, ok := creds.(git.GenericHTTPSCreds); ok {
		use.ClientCertificate = https.HasClientCert()
	}
	return use
}

func gitKind(creds git.Creds) string {
	switch creds.(type) {
	case git.HTTPSCreds:
		return "https"
	case git.SSHCreds:
		return "ssh"
	case git.GitHubAppCreds:
		return "githubApp"
	case git.GoogleCloudCreds:
		return "googleCloud"
	case git.AzureWorkloadIdentityCreds:
		return "azureWorkloadIdentity"
	case git.AzureServicePrincipalCreds:
		return "azureServicePrincipal"
	case git.NopCreds:
		return "none"
	default:
		panic(fmt.Sprintf("%T came with a new Argo CD", creds))
	}
}

func helmUse(creds helm.Creds) RegistryUse {
	use := RegistryUse{
		Kind:              "azureWorkloadIdentity",
		TLSClientCertData: string(creds.GetCertData()),
		TLSClientCertKey:  string(creds.GetKeyData()),
		Insecure:          creds.GetInsecureSkipVerify(),
	}
	if basic, ok := creds.(helm.HelmCreds); ok {
		use.Kind, use.Username, use.Password = "basic", basic.Username, basic.Password
	}
	return use
}
