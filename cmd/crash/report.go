//go:build linux && amd64

package main

import (
	_ "embed" // the page around the figures
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/template"

	"fcpipe/cmd/crash/harness"
)

//go:embed reliability.md.tmpl
var pageTemplate string

// proof is everything one seed showed on one machine.
type proof struct {
	Seed     uint64             `json:"seed"`
	Date     string             `json:"date"`
	Machine  string             `json:"machine"`
	Sections []*harness.Section `json:"sections"`
}

// add puts a section's figures in the place of older ones.
func (p *proof) add(s *harness.Section) {
	p.Sections = slices.DeleteFunc(p.Sections, func(old *harness.Section) bool { return old.Name == s.Name })
	p.Sections = append(p.Sections, s)
}

func (p *proof) findings() (n int) {
	for _, s := range p.Sections {
		n += len(s.Findings)
	}
	return n
}

// load adds what earlier parts of the same proof found; a proof of another seed is left alone.
func (p *proof) load(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var earlier proof
	if err := json.Unmarshal(text, &earlier); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if earlier.Seed == p.Seed {
		p.Sections = earlier.Sections
	}
	return nil
}

func (p *proof) save(path string) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

// page writes the proof for people.
func (p *proof) page(path string) error {
	page, err := template.New("page").Funcs(template.FuncMap{"counts": counts}).Parse(pageTemplate)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := page.Execute(&text, p); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text.String()), 0o644) //nolint:gosec // a page of the documentation
}

// counts lists what else a section counted.
func counts(all map[string]int) string {
	var parts []string
	for name, n := range all {
		parts = append(parts, fmt.Sprintf("%s: %d", name, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// maxPrinted is how many findings of a section are printed; the results have all.
const maxPrinted = 20

// printSection prints a section for the person who started it.
func printSection(out io.Writer, s *harness.Section) {
	fmt.Fprintf(out, "%-28s %6d %s in %d trials, %d findings, %.0f s",
		s.Name, s.Points, s.What, s.Trials, len(s.Findings), s.Seconds)
	if len(s.Counts) > 0 {
		fmt.Fprintf(out, " (%s)", counts(s.Counts))
	}
	fmt.Fprintln(out)
	for i, f := range s.Findings {
		if i == maxPrinted {
			fmt.Fprintf(out, "  and %d more\n", len(s.Findings)-i)
			break
		}
		fmt.Fprintf(out, "  %s\n    %s\n", f.Trial, strings.ReplaceAll(f.Problem, "\n", "\n    "))
	}
}
