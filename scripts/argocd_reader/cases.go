package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Case is a namespace of Argo CD that exists nowhere else, and what is asked about it.
type Case struct {
	Secrets      []CaseSecret         `json:"secrets"`
	Repositories []RepositoryQuestion `json:"repositories"`
	Credentials  []string             `json:"credentials"`
	// Normalize are URLs, for which there need not be a secret.
	Normalize []string `json:"normalize"`
	// Repeat is how often each repository and template is asked for; 0 is once.
	Repeat int `json:"repeat"`
}

// CaseSecret is a secret by what it says.
type CaseSecret struct {
	Name string `json:"name"`
	// SecretType is the value of the label by which Argo CD knows its secrets.
	SecretType string            `json:"secretType"`
	Data       map[string]string `json:"data"`
}

// CaseAnswer has, for each question in the order of the questions, the different answers that came.
type CaseAnswer struct {
	Repositories [][]RepositoryAnswer  `json:"repositories"`
	Credentials  [][]CredentialsAnswer `json:"credentials"`
	// Normalized are what git.NormalizeGitURL made of the URLs; "" of one that cannot be parsed.
	Normalized []string `json:"normalized"`
}

// caseReader gives the cases one after the other, and io.EOF after the last.
func caseReader(input io.Reader) func() (Case, error) {
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	return func() (Case, error) {
		var read Case
		if err := decoder.Decode(&read); err != nil {
			return read, withoutValue(err)
		}
		return read, read.check()
	}
}

func (c Case) check() error {
	if c.Repeat < 0 {
		return errors.New("repeat is negative")
	}
	names := map[string]int{}
	for i, secret := range c.Secrets {
		if secret.Name == "" {
			return fmt.Errorf("secrets[%d] has no name", i)
		}
		if first, ok := names[secret.Name]; ok {
			return fmt.Errorf("secrets[%d] has the name of secrets[%d]", i, first)
		}
		names[secret.Name] = i
	}
	return nil
}

// withoutValue is an error of encoding/json, some of which quote what they have read.
func withoutValue(err error) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return fmt.Errorf("%s: not of type %s", cmp.Or(mismatch.Field, "the case"), mismatch.Type)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("not JSON, at byte %d of all", syntax.Offset)
	}
	return err
}
