package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/sirupsen/logrus"
)

// atOnce limits the cases in flight. Each of them mostly waits, about 0.1 s, for its informers.
const atOnce = 50

type answered struct {
	answer CaseAnswer
	err    error
}

// answerCases reads cases as JSON lines and writes the answers as JSON lines, in the same order and
// while it still reads. It stops at the first invalid case: the error has the number of the case,
// counting from 0, and never a value from it.
func answerCases(input io.Reader, output io.Writer, timeout time.Duration) error {
	// A line of Argo CD's log cannot be attributed to a case.
	logrus.SetLevel(logrus.PanicLevel)
	// Repeated lookups copy secrets all the time: a third less CPU, for some 100 MB.
	debug.SetGCPercent(400)
	goroutines := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	for result := range startCases(ctx, caseReader(input), timeout) {
		done := <-result
		if done.err != nil {
			return done.err
		}
		if err := encoder.Encode(done.answer); err != nil {
			return fmt.Errorf("Cannot write an answer: %w", err)
		}
	}
	return noneLeft(goroutines)
}

// startCases starts the cases and returns, in their order, the channel on which each is answered.
func startCases(
	ctx context.Context,
	next func() (Case, error),
	timeout time.Duration,
) <-chan chan answered {
	started := make(chan chan answered, atOnce)
	go func() {
		defer close(started)
		for number := 0; ; number++ {
			asked, err := next()
			if errors.Is(err, io.EOF) {
				return
			}
			result := make(chan answered, 1)
			select {
			case started <- result:
			case <-ctx.Done():
				return
			}
			if err != nil {
				result <- answered{err: fmt.Errorf("Cannot read case %d (counting from 0): %w", number, err)}
				return
			}
			go func() {
				ctx, cancel := context.WithTimeout(ctx, timeout)
				defer cancel()
				answer, err := asked.answer(ctx)
				if err != nil {
					err = fmt.Errorf("Cannot answer case %d (counting from 0): %w", number, err)
				}
				result <- answered{answer, err}
			}()
		}
	}()
	return started
}

// noneLeft fails when informers outlive their case: those of one case run more than 20 goroutines. The
// few that libraries start once are allowed.
func noneLeft(before int) error {
	left := 0
	for range 500 {
		if left = runtime.NumGoroutine() - before; left < 20 {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("Informers leaked: %d goroutines are still running after the last case", left)
}
