package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/util/db"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/argoproj/argo-cd/v3/util/settings"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	corelisters "k8s.io/client-go/listers/core/v1"
)

const caseNamespace = "argocd"

// answer lets Argo CD's code read the case's secrets from a clientset in memory.
func (c Case) answer(ctx context.Context) (CaseAnswer, error) {
	answer := CaseAnswer{
		Repositories: [][]RepositoryAnswer{},
		Credentials:  [][]CredentialsAnswer{},
		Normalized:   each(c.Normalize, git.NormalizeGitURL),
	}
	if len(c.Repositories) == 0 && len(c.Credentials) == 0 {
		return answer, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // stops the informers
	argo, err := c.reader(ctx)
	if err != nil {
		return answer, err
	}
	times := max(c.Repeat, 1)
	answer.Repositories = each(c.Repositories, distinct(ctx, times, argo.repository(argo.db.GetRepository)))
	answer.Credentials = each(c.Credentials, distinct(ctx, times, argo.credentials(argo.db.GetRepositoryCredentials)))
	return answer, ctx.Err()
}

// reader starts informers, which run until the context ends.
func (c Case) reader(ctx context.Context) (reader, error) {
	clientset := fake.NewSimpleClientset(each(c.Secrets, CaseSecret.object)...)
	settingsManager := settings.NewSettingsManager(ctx, clientset, caseNamespace)
	lister, err := settingsManager.GetSecretsLister()
	if err != nil {
		return reader{}, fmt.Errorf("Argo CD's informers do not start: %w", err)
	}
	if err := c.untilCached(ctx, lister.Secrets(caseNamespace)); err != nil {
		return reader{}, fmt.Errorf("Argo CD's cache stays incomplete: %w", err)
	}
	return reader{ctx: ctx, db: db.NewDB(caseNamespace, settingsManager, clientset)}, nil
}

// untilCached waits until all secrets are cached. HasSynced may be true a moment before that: Argo CD
// v3.5 turns off client-go's InOrderInformers (ConfigureGoClientFeatures in util/settings/settings.go),
// and the Pop of the DeltaFIFO that is used instead reports the sync before it processes the last item
// (client-go v0.36.1, tools/cache/delta_fifo.go).
func (c Case) untilCached(ctx context.Context, lister corelisters.SecretNamespaceLister) error {
	expected := 0
	for _, secret := range c.Secrets {
		if secret.SecretType != common.LabelValueSecretTypeCluster { // see cachedSecrets
			expected++
		}
	}
	for {
		cached, err := lister.List(labels.Everything())
		if err != nil || len(cached) == expected {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

func (s CaseSecret) object() runtime.Object {
	data := map[string][]byte{}
	for key, value := range s.Data {
		data[key] = []byte(value)
	}
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:      s.Name,
			Namespace: caseNamespace,
			Labels:    map[string]string{common.LabelKeySecretType: s.SecretType},
		},
		Data: data,
	}
}

// distinct repeats a question and returns each answer once, sorted by its JSON. Argo CD's lister
// iterates a map, so that of several secrets that match equally well any may come first.
func distinct[Q, A any](ctx context.Context, times int, ask func(Q) A) func(Q) []A {
	return func(question Q) []A {
		var answers []A
		for i := 0; i < times && ctx.Err() == nil; i++ {
			answer := ask(question)
			isKnown := func(known A) bool { return reflect.DeepEqual(known, answer) }
			if !slices.ContainsFunc(answers, isKnown) {
				answers = append(answers, answer)
			}
		}
		slices.SortFunc(answers, func(a, b A) int { return cmp.Compare(jsonOf(a), jsonOf(b)) })
		return answers
	}
}

func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
