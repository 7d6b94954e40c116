// The argocd-reader prints, as one JSON document, what Argo CD would use for the repositories and
// credential templates that it is asked about on standard input. It is Argo CD's own code that finds,
// matches and inherits; nothing of it is written again here. It only reads from the cluster, and it
// needs no Argo CD there: util/db reads secrets, and neither argocd-cm nor argocd-secret.
//
// With -cases it needs no cluster either: each line of standard input is a case with its own secrets
// and questions, and each line of standard output has the answers to one case.
//
// For tests: the values of credentials are in its output.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/argoproj/argo-cd/v3/util/db"
	"github.com/argoproj/argo-cd/v3/util/settings"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "`file` of the cluster; its user has to list and watch secrets and configmaps of the namespace")
	namespace := flag.String("namespace", "argocd", "Argo CD's own `namespace`")
	cases := flag.Bool("cases", false, "answer cases with secrets of their own, given as JSON lines, instead of questions about a cluster")
	timeout := flag.Duration("timeout", time.Minute, "for the whole run, or with -cases for each case")
	flag.Parse()
	if flag.NArg() > 0 || (*kubeconfig == "") != *cases {
		flag.Usage()
		os.Exit(2)
	}
	var err error
	if *cases {
		err = answerCases(os.Stdin, os.Stdout, *timeout)
	} else {
		err = run(*kubeconfig, *namespace, *timeout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string, timeout time.Duration) error {
	questions, err := readQuestions(os.Stdin)
	if err != nil {
		return fmt.Errorf("Cannot read the questions: %w", err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return fmt.Errorf("Cannot use the kubeconfig: %w", err)
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("Cannot use the kubeconfig: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	settingsManager := settings.NewSettingsManager(ctx, clientset, namespace)
	if err := untilCurrent(ctx, clientset, namespace, settingsManager); err != nil {
		return err
	}
	argo := reader{ctx: ctx, db: db.NewDB(namespace, settingsManager, clientset), said: listenToLog()}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(argo.answers(questions))
}
