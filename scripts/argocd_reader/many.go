package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/sirupsen/logrus"
)

// atOnce is how many cases are being answered: each waits a tenth of a second for its informers and
// computes little.
const atOnce = 50

type answered struct {
	answer CaseAnswer
	err    error
}

// answerCases reads cases, one JSON document after the other, and writes their answers in the same
// order, a line each, while it reads. The first case that is wrong ends it: the error names its place
// and none of its values.
func answerCases(input io.Reader, output io.Writer, timeout time.Duration) error {
	// What Argo CD logs does not say of which case it is.
	logrus.SetLevel(logrus.PanicLevel)
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

// startCases gives, in the order of the cases, where the answer of each will be.
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
				result <- answered{err: fmt.Errorf("Cannot read case %d (the first is 0): %w", number, err)}
				return
			}
			go func() {
				ctx, cancel := context.WithTimeout(ctx, timeout)
				defer cancel()
				answer, err := asked.answer(ctx)
				if err != nil {
					err = fmt.Errorf("Cannot answer case %d (the first is 0): %w", number, err)
				}
				result <- answered{answer, err}
			}()
		}
	}()
	return started
}

// noneLeft fails when the informers of cases go on after them, of which each has more than twenty
// goroutines. Some few that libraries start once are no case's.
func noneLeft(before int) error {
	left := 0
	for range 500 {
		if left = runtime.NumGoroutine() - before; left < 20 {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("All cases are answered, and %d goroutines of them go on", left)
}
