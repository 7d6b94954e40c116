// The kubelet-reader says which logins of which pull secrets a kubelet tries for an image, and in which
// order. It is kubelet's own code that reads the secrets and matches; nothing of it is written again
// here. Each line of standard input is a case with its own secrets, and each line of standard output its
// answer. No cluster is needed.
//
// For tests: the values of credentials are in its output.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"
)

// secret is a pull secret of a case. Values of its data are in base64, as the API has them.
type secret struct {
	Name string            `json:"name"`
	Type string            `json:"type"`
	Data map[string][]byte `json:"data"`
}

// question is about the secrets that a pod names, in its order.
type question struct {
	Image   string   `json:"image"`
	Secrets []secret `json:"secrets"`
}

// login is one that is tried.
type login struct {
	Secret   string `json:"secret"`
	Username string `json:"username"`
	Password string `json:"password"`
}

// answer is about one case: the reason why nothing is pulled, or what is tried.
type answer struct {
	// Repository is the image's name as it is looked up.
	Repository string  `json:"repository"`
	Failed     string  `json:"failed,omitempty"`
	Tries      []login `json:"tries"`
}

func main() {
	// An entry that is ignored would be logged with its key.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(input io.Reader, output io.Writer) error {
	decoder := json.NewDecoder(bufio.NewReader(input))
	buffered := bufio.NewWriter(output)
	encoder := json.NewEncoder(buffered)
	for number := 0; ; number++ {
		var asked question
		if err := decoder.Decode(&asked); errors.Is(err, io.EOF) {
			return buffered.Flush()
		} else if err != nil {
			return fmt.Errorf("Cannot read case %d (counting from 0): %w", number, err)
		}
		if err := encoder.Encode(answerOf(asked)); err != nil {
			return fmt.Errorf("Cannot write an answer: %w", err)
		}
	}
}

// answerOf does what kubelet's image manager does before it pulls, without what the node itself has.
// See makeLookupPullCredentialsFunc in pkg/kubelet/images/image_manager.go.
func answerOf(asked question) answer {
	repository, _, _, err := parsers.ParseImageName(asked.Image)
	if err != nil {
		return answer{Failed: "image", Tries: []login{}}
	}
	var named []corev1.Secret
	for _, each := range asked.Secrets {
		named = append(named, corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: each.Name, UID: "1"},
			Type:       corev1.SecretType(each.Type),
			Data:       each.Data,
		})
	}
	keyring, err := secrets.MakeDockerKeyring(named, &credentialprovider.BasicDockerKeyring{})
	if err != nil {
		return answer{Repository: repository, Failed: "secrets", Tries: []login{}}
	}
	found, _ := keyring.Lookup(repository)
	tries := []login{}
	for _, each := range found {
		name := ""
		if each.Source != nil && each.Source.Secret != nil {
			name = each.Source.Secret.Name
		}
		tries = append(tries, login{Secret: name, Username: each.Username, Password: each.Password})
	}
	return answer{Repository: repository, Tries: tries}
}
