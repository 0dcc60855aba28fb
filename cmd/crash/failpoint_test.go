package main

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"fcpipe/cmd/crash/failpoint"
	"fcpipe/schema/models"
)

func TestPanicsAtTheHitThatIsAskedFor(t *testing.T) {
	for wanted, panicsAt := range map[string]int{"panic:here": 1, "panic:here:2": 2, "panic:there": 0, "": 0} {
		set := map[string]string{"FCPIPE_TEST_FAIL_AT": wanted}
		s := failpoint.FromEnvironment(nil, func(name string) string { return set[name] }, nil)
		at := 0
		for hit := 1; hit <= 3 && at == 0; hit++ {
			func() {
				defer func() {
					if recover() != nil {
						at = hit
					}
				}()
				s.Reached("here")
			}()
		}
		if at != panicsAt {
			t.Errorf("%q panics at hit %d, want %d", wanted, at, panicsAt)
		}
	}
}

func TestListPrintsPointsAndTheRestIsRead(t *testing.T) {
	var out strings.Builder
	set := map[string]string{"FCPIPE_TEST_FAIL_AT": "list", "FCPIPE_TEST_SLEEP": "never", "FCPIPE_TEST_FREE": "7"}
	s := failpoint.FromEnvironment(nil, func(name string) string { return set[name] }, &out)
	s.Reached("a.point")
	free, err := s.FreeSpace("")
	if out.String() != "point a.point\n" || !s.Sleepless || free != 7 || err != nil {
		t.Errorf("%q, %v, %d, %v", out.String(), s.Sleepless, free, err)
	}
	none := failpoint.FromEnvironment(nil, func(string) string { return "" }, &out)
	if none.Sleepless || none.FreeSpace != nil {
		t.Error("without the variables something is disturbed")
	}
}

// TestASignalledPointIsLeftOnceTheSignalWasHandled: what handles the signal here says so last.
func TestASignalledPointIsLeftOnceTheSignalWasHandled(t *testing.T) {
	for action, sent := range map[string]os.Signal{"term": syscall.SIGTERM, "hup": syscall.SIGHUP} {
		signals, stopped, handled := make(chan os.Signal, 1), make(chan struct{}), false
		signal.Notify(signals, sent)
		go func() {
			<-signals
			handled = true
			close(stopped)
		}()
		set := map[string]string{"FCPIPE_TEST_FAIL_AT": action + ":here"}
		failpoint.FromEnvironment(stopped, func(name string) string { return set[name] }, nil).Reached("here")
		if !handled {
			t.Errorf("%s: the point was left before the signal was handled", action)
		}
		signal.Stop(signals)
	}
}

// TestFewTablesAreThoseNamedAndWhatTheyRead; without the variable all are there.
func TestFewTablesAreThoseNamedAndWhatTheyRead(t *testing.T) {
	before := models.Files
	defer func() { models.Replace(before) }()
	failpoint.LeaveTables(func(string) string { return "" })
	if models.Files != before {
		t.Error("without the variable tables are left out")
	}
	failpoint.LeaveTables(func(string) string { return "ledger.coverage" })
	headers, err := models.LoadHeaders(models.Files)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, header := range headers {
		kept[header.Name] = true
	}
	if !kept["ledger.coverage"] || !kept["ledger.accounts"] || kept["ledger.streams"] {
		t.Errorf("left: %v", kept)
	}
}
