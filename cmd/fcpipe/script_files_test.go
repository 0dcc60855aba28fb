package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

func (w *scriptWorld) ask(ts *testscript.TestScript) string {
	var answer string
	ts.Check(w.reader.Database().QueryRowContext(context.Background(),
		"SELECT count(*) || ' ' || bit_xor(hash(t)) FROM main.transactions t").Scan(&answer))
	return answer
}

func openAnalyst(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	reader, err := reader.Open(context.Background(), layoutOf(ts), duck.Settings{Threads: 1})
	ts.Check(err)
	w.reader = reader
	w.answer = w.ask(ts)
}

func checkAnalyst(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	if got := w.ask(ts); got != w.answer {
		ts.Fatalf("the analyst's answer changed from %s to %s", w.answer, got)
	}
	ts.Check(w.reader.Close()) // while it is open this process sees its generation alone
}

// filesOf lists every file of file and lake with its time and content.
func filesOf(ts *testscript.TestScript) map[string]string {
	files := map[string]string{}
	layout := layoutOf(ts)
	ts.Check(filepath.Walk(layout.Dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || strings.HasPrefix(path, layout.State()) {
			return err
		}
		content, err := os.ReadFile(path)
		if info.Mode()&os.ModeSymlink != 0 {
			content, err = nil, nil
		}
		files[path] = info.ModTime().String() + string(content)
		return err
	}))
	return files
}

func snapshot(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).files = filesOf(ts) }

func unchanged(ts *testscript.TestScript, _ bool, _ []string) {
	before, now := worldOf(ts).files, filesOf(ts)
	for path, content := range now {
		if before[path] != content {
			ts.Fatalf("%s changed", path)
		}
	}
	if len(before) != len(now) || len(now) == 0 {
		ts.Fatalf("%d files, there were %d", len(now), len(before))
	}
}

func storeOf(ts *testscript.TestScript) *store.Store {
	store, err := store.Open(context.Background(), store.Options{Layout: layoutOf(ts), Now: time.Now})
	ts.Check(err)
	return store
}

func holdLock(ts *testscript.TestScript, _ bool, _ []string) {
	release, err := storeOf(ts).Lock(context.Background())
	ts.Check(err)
	worldOf(ts).release = release
}

func freeLock(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(worldOf(ts).release()) }
