package main

import "github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"

// Answers is what is printed: an answer for each question, in the order of the questions, and all
// that Argo CD reads in the namespace.
type Answers struct {
	// ArgoCD is the version whose code answered.
	ArgoCD            string              `json:"argocd"`
	Repositories      []RepositoryAnswer  `json:"repositories"`
	Credentials       []CredentialsAnswer `json:"credentials"`
	WriteRepositories []RepositoryAnswer  `json:"writeRepositories"`
	WriteCredentials  []CredentialsAnswer `json:"writeCredentials"`
	Lists             Lists               `json:"lists"`
}

// RepositoryAnswer is what db.GetRepository gives.
type RepositoryAnswer struct {
	Repository *Repository `json:"repository,omitempty"`
	Uses       *Uses       `json:"uses,omitempty"`
	Told
}

// CredentialsAnswer is what db.GetRepositoryCredentials gives; no template is nil.
type CredentialsAnswer struct {
	Credentials *v1alpha1.RepoCreds `json:"credentials"`
	Told
}

// Lists are what Argo CD's controller, repo server and user interface start from.
type Lists struct {
	Repositories List[Repository] `json:"repositories"`
	// HelmRepositories are those that charts may depend on: of type helm, with a name.
	HelmRepositories List[Repository]         `json:"helmRepositories"`
	OCIRepositories  List[Repository]         `json:"ociRepositories"`
	Credentials      List[v1alpha1.RepoCreds] `json:"credentials"`
	// HelmCredentials and OCICredentials go along with each Application, whatever its source.
	HelmCredentials   List[v1alpha1.RepoCreds] `json:"helmCredentials"`
	OCICredentials    List[v1alpha1.RepoCreds] `json:"ociCredentials"`
	WriteRepositories List[Repository]         `json:"writeRepositories"`
}

// List is what came of one call, sorted by URL.
type List[T any] struct {
	Items []T `json:"items"`
	Told
}

// Told is what Argo CD said besides.
type Told struct {
	Error    string   `json:"error,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// Repository is Argo CD's own, in its own JSON, without the state of a connection that nobody tried.
type Repository struct {
	*v1alpha1.Repository
	ConnectionState *ConnectionState `json:"connectionState,omitempty"`
}

// ConnectionState is there when a list holds a repository that could not be read to its end.
type ConnectionState struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

func repositoryOf(given *v1alpha1.Repository) Repository {
	repository := Repository{Repository: given}
	if state := given.ConnectionState; state.Status != "" {
		repository.ConnectionState = &ConnectionState{Status: state.Status, Message: state.Message}
	}
	return repository
}
