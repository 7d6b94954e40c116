package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Case is an Argo CD namespace that exists only in memory, and the questions about it.
type Case struct {
	Secrets      []CaseSecret         `json:"secrets"`
	Repositories []RepositoryQuestion `json:"repositories"`
	Credentials  []string             `json:"credentials"`
	// Normalize are URLs to normalise; they need no secret.
	Normalize []string `json:"normalize"`
	// Repeat is how often each repository and template is looked up; 0 means once.
	Repeat int `json:"repeat"`
}

// CaseSecret is a secret with its data as plain text.
type CaseSecret struct {
	Name string `json:"name"`
	// SecretType is the value of the label by which Argo CD knows its secrets.
	SecretType string            `json:"secretType"`
	Data       map[string]string `json:"data"`
}

// CaseAnswer has the distinct answers to each question, in the order of the questions.
type CaseAnswer struct {
	Repositories [][]RepositoryAnswer  `json:"repositories"`
	Credentials  [][]CredentialsAnswer `json:"credentials"`
	// Normalized are the results of git.NormalizeGitURL: "" for a URL that cannot be parsed.
	Normalized []string `json:"normalized"`
}

// caseReader returns a function that reads the next case; after the last it returns io.EOF.
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

// withoutValue rewrites those errors of encoding/json that quote the input.
func withoutValue(err error) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return fmt.Errorf("%s: not of type %s", cmp.Or(mismatch.Field, "the case"), mismatch.Type)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("invalid JSON at byte %d of the input", syntax.Offset)
	}
	return err
}
