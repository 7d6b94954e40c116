package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/util/settings"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
)

// cachedSecrets selects what Argo CD's cache of secrets holds: all but those of clusters, which have a
// cache of their own (initialize in util/settings/settings.go).
const cachedSecrets = common.LabelKeySecretType + "!=" + common.LabelValueSecretTypeCluster

// untilCurrent waits until Argo CD's cache of secrets holds what was written before this call: its
// first list comes from the API server's own cache, which may be a moment behind.
func untilCurrent(
	ctx context.Context,
	clientset kubernetes.Interface,
	namespace string,
	settingsManager *settings.SettingsManager,
) error {
	for {
		// Without a resourceVersion this is answered from etcd, or from a cache as fresh. It comes
		// first, because it fails at once where the settings manager would try again and again.
		stored, err := clientset.CoreV1().Secrets(namespace).List(ctx, metav1.ListOptions{LabelSelector: cachedSecrets})
		if err != nil {
			return fmt.Errorf("Cannot list the secrets of %s: %w", namespace, err)
		}
		lister, err := settingsManager.GetSecretsLister()
		if err != nil {
			return fmt.Errorf("Cannot watch the secrets of %s: %w", namespace, err)
		}
		cached, err := lister.Secrets(namespace).List(labels.Everything())
		if err != nil {
			return fmt.Errorf("Cannot read the secrets of %s: %w", namespace, err)
		}
		if isCurrent(stored, cached) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("Cannot see the secrets of %s as they are: %w", namespace, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// isCurrent tells whether the cache is at least as new as the list. A secret of the list that the
// cache has not may have been deleted since: that is for the next list to say.
func isCurrent(stored *corev1.SecretList, cached []*corev1.Secret) bool {
	versions := map[string]uint64{}
	for i := range stored.Items {
		versions[stored.Items[i].Name] = version(stored.Items[i].ResourceVersion)
	}
	seen := 0
	for _, secret := range cached {
		is := version(secret.ResourceVersion)
		least, ok := versions[secret.Name]
		switch {
		case ok && is < least: // an older value
			return false
		case ok:
			seen++
		case is <= version(stored.ResourceVersion): // deleted
			return false
		}
	}
	return seen == len(versions)
}

// version is a revision of etcd, which only grows.
func version(resourceVersion string) uint64 {
	number, err := strconv.ParseUint(resourceVersion, 10, 64)
	if err != nil {
		panic(err)
	}
	return number
}
