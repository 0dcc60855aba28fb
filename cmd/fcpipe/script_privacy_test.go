package main

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// setHolder is the script command "holder": HOLDERn is whose account n is.
func setHolder(ts *testscript.TestScript, _ bool, args []string) {
	url := "http://simulator/v1/financial_connections/accounts/" + ts.Getenv("ACCOUNT"+args[0])
	request, err := http.NewRequest(http.MethodGet, url, nil)
	ts.Check(err)
	request.Header.Set("Authorization", "Bearer "+scriptKey)
	answer, err := worldOf(ts).server.Transport().RoundTrip(request)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	var account struct {
		Holder struct{ Customer, Account string } `json:"account_holder"`
	}
	ts.Check(json.Unmarshal(body, &account))
	ts.Setenv("HOLDER"+args[0], account.Holder.Customer+account.Holder.Account)
}

// wantNowhere is the script command "nowhere": no file below data, and no name of one, has a text.
func wantNowhere(ts *testscript.TestScript, _ bool, args []string) {
	root := layoutOf(ts).Dir
	ts.Check(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, text := range args {
			if bytes.Contains(content, []byte(text)) || strings.Contains(path[len(root):], text) {
				ts.Fatalf("%s has %s", path, text)
			}
		}
		return err
	}))
}
