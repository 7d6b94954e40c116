package main

import (
	"cmp"
	"context"
	"runtime/debug"
	"slices"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/db"
)

type reader struct {
	ctx  context.Context
	db   db.ArgoDB
	said *said
}

func (r reader) answers(questions Questions) Answers {
	return Answers{
		ArgoCD:            argocdVersion(),
		Repositories:      each(questions.Repositories, r.repository(r.db.GetRepository)),
		Credentials:       each(questions.Credentials, r.credentials(r.db.GetRepositoryCredentials)),
		WriteRepositories: each(questions.WriteRepositories, r.repository(r.db.GetWriteRepository)),
		WriteCredentials:  each(questions.WriteCredentials, r.credentials(r.db.GetWriteRepositoryCredentials)),
		Lists: Lists{
			Repositories:      r.repositoryList(r.db.ListRepositories),
			HelmRepositories:  r.repositoryList(r.db.ListHelmRepositories),
			OCIRepositories:   r.repositoryList(r.db.ListOCIRepositories),
			Credentials:       r.credentialsList(r.allCredentials),
			HelmCredentials:   r.credentialsList(r.db.GetAllHelmRepositoryCredentials),
			OCICredentials:    r.credentialsList(r.db.GetAllOCIRepositoryCredentials),
			WriteRepositories: r.repositoryList(r.db.ListWriteRepositories),
		},
	}
}

func (r reader) repository(
	get func(ctx context.Context, url, project string) (*v1alpha1.Repository, error),
) func(RepositoryQuestion) RepositoryAnswer {
	return func(question RepositoryQuestion) RepositoryAnswer {
		got, err := get(r.ctx, question.URL, question.Project)
		answer := RepositoryAnswer{}
		if got != nil {
			repository := repositoryOf(got)
			answer.Repository = &repository
		}
		if got != nil && err == nil {
			answer.Uses = usesOf(got)
		}
		answer.Told = r.said.told(err)
		return answer
	}
}

func (r reader) credentials(
	get func(ctx context.Context, url string) (*v1alpha1.RepoCreds, error),
) func(string) CredentialsAnswer {
	return func(url string) CredentialsAnswer {
		got, err := get(r.ctx, url)
		return CredentialsAnswer{Credentials: got, Told: r.said.told(err)}
	}
}

// The templates as Argo CD's API lists them: the URLs, and the template that each of them finds.
func (r reader) allCredentials(ctx context.Context) ([]*v1alpha1.RepoCreds, error) {
	urls, err := r.db.ListRepositoryCredentials(ctx)
	if err != nil {
		return nil, err
	}
	var all []*v1alpha1.RepoCreds
	for _, url := range urls {
		got, err := r.db.GetRepositoryCredentials(ctx, url)
		if err != nil {
			return nil, err
		}
		if got != nil {
			all = append(all, got)
		}
	}
	return all, nil
}

func (r reader) repositoryList(
	list func(context.Context) ([]*v1alpha1.Repository, error),
) List[Repository] {
	got, err := list(r.ctx)
	told := r.said.told(err)
	slices.SortFunc(got, func(a, b *v1alpha1.Repository) int {
		return cmp.Or(
			cmp.Compare(a.Repo, b.Repo),
			cmp.Compare(a.Project, b.Project),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return List[Repository]{Items: each(got, repositoryOf), Told: told}
}

func (r reader) credentialsList(
	list func(context.Context) ([]*v1alpha1.RepoCreds, error),
) List[v1alpha1.RepoCreds] {
	got, err := list(r.ctx)
	told := r.said.told(err)
	slices.SortFunc(got, func(a, b *v1alpha1.RepoCreds) int { return cmp.Compare(a.URL, b.URL) })
	items := each(got, func(one *v1alpha1.RepoCreds) v1alpha1.RepoCreds { return *one })
	return List[v1alpha1.RepoCreds]{Items: items, Told: told}
}

// Never nil, so that it is [] in JSON.
func each[A, B any](all []A, one func(A) B) []B {
	results := make([]B, 0, len(all))
	for _, a := range all {
		results = append(results, one(a))
	}
	return results
}

func argocdVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/argoproj/argo-cd/v3" {
				return module.Version
			}
		}
	}
	return ""
}
