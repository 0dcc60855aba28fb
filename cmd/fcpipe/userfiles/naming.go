package userfiles

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/rules"
)

// Named are the lines of the user's own files that name what is held, by account or holder.
type Named struct {
	lines []namedLine
}

type namedLine struct {
	subject string // of an account or a holder
	where   string // file:line
}

// Naming finds the lines that name transactions of an account, the account or its holder, as the published file knows
// them. It has to be asked before an erasure: afterwards nothing says whose a transaction was.
func Naming(ctx context.Context, cfg config.Config, opened *reader.Reader, set rules.Set) (n Named, err error) {
	add := func(subject, file string, line int) {
		n.lines = append(n.lines, namedLine{subject, fmt.Sprintf("%s:%d", base(file), line)})
	}
	for _, r := range set.Rules {
		for _, subject := range []*string{r.AccountID, r.HolderID} {
			if subject != nil {
				add(*subject, cfg.RulesFile(), r.Line)
			}
		}
	}
	for _, r := range set.Requests {
		add(r.HolderID, cfg.LoanRequestsFile(), r.Line)
	}
	lines := map[string][]int{}
	for _, o := range set.Overrides {
		lines[o.TransactionID] = append(lines[o.TransactionID], o.Line)
	}
	for _, d := range set.Decisions {
		lines[d.OutID] = append(lines[d.OutID], d.Line)
		lines[d.InID] = append(lines[d.InID], d.Line)
	}
	named, err := json.Marshal(slices.Collect(maps.Keys(lines)))
	if err != nil {
		return n, err
	}
	err = statements.EachRow(ctx, opened.Database(), "accounts_of", func(scan duck.Scan) error {
		var id, account string
		err := scan(&id, &account)
		for _, line := range lines[id] {
			add(account, cfg.OverridesFile(), line)
		}
		return err
	}, sql.Named("ids", string(named)))
	return n, err
}

// Of are the lines that name accounts or a holder, each once, in the order of the files.
func (n Named) Of(subjects ...string) []string {
	found := []string{}
	for _, line := range n.lines {
		if slices.Contains(subjects, line.subject) && !slices.Contains(found, line.where) {
			found = append(found, line.where)
		}
	}
	return found
}
