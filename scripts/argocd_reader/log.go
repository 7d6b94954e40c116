package main

import (
	"strings"
	"sync"

	"github.com/sirupsen/logrus"
)

// said collects the warnings and errors that Argo CD writes into its log, such as that it found two
// secrets for one URL.
type said struct {
	mutex sync.Mutex
	lines []string
}

func listenToLog() *said {
	listener := &said{}
	logrus.SetLevel(logrus.WarnLevel)
	logrus.AddHook(listener)
	return listener
}

func (s *said) Levels() []logrus.Level {
	return []logrus.Level{logrus.WarnLevel, logrus.ErrorLevel}
}

func (s *said) Fire(entry *logrus.Entry) error {
	// Settings are tried whenever a secret changes meanwhile; without argocd-cm there are none.
	if strings.HasPrefix(entry.Message, "Unable to parse updated settings") {
		return nil
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.lines = append(s.lines, entry.Message)
	return nil
}

// told gives the error, and what was said since the last call: nothing when nobody listens.
func (s *said) told(err error) Told {
	told := Told{}
	if err != nil {
		told.Error = err.Error()
	}
	if s != nil {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		told.Warnings, s.lines = s.lines, nil
	}
	return told
}
