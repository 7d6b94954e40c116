package main

import (
	"encoding/json"
	"io"
)

// Questions is what is asked on standard input.
type Questions struct {
	// Repositories are read as for an Application of that project.
	Repositories []RepositoryQuestion `json:"repositories"`
	// Credentials are URLs whose template is looked for.
	Credentials []string `json:"credentials"`
	// WriteRepositories and WriteCredentials are those that the source hydrator pushes with.
	WriteRepositories []RepositoryQuestion `json:"writeRepositories"`
	WriteCredentials  []string             `json:"writeCredentials"`
}

// RepositoryQuestion is the URL and the project of an Application.
type RepositoryQuestion struct {
	URL     string `json:"url"`
	Project string `json:"project"`
}

func readQuestions(input io.Reader) (Questions, error) {
	var questions Questions
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	return questions, decoder.Decode(&questions)
}
