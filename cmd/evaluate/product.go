package main

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"fcpipe/schema/duck"
)

//go:embed questions.sql
var questionFiles embed.FS

var questions = duck.Load(questionFiles)

// row is what the product says of a posted transaction.
type row struct {
	account       string
	amount        int64
	merchantKey   string
	spendingClass string
	counter       string // the other half of a transfer
	isCard        bool   // of an account that is a card
	rail          string
}

// label is its category, once there are labels.
type label struct {
	category   string
	isSpending bool
}

// set is a stream or an event: its kind, where it has one, and its transactions.
type set struct {
	kind    string
	members []string
}

// product is what the tables of a file say. What is not built yet is nil, and missing says which columns it needs.
type product struct {
	rows      map[string]row
	labels    map[string]label
	pairs     [][2]string // out, in
	links     map[string]string
	streams   map[string]*set
	events    map[string]*set
	intervals map[int]coverage  // by months known
	missing   map[string]string // by name of the question
}

func readProduct(ctx context.Context, database duck.Queryer) (p *product, err error) {
	p = &product{rows: map[string]row{}, missing: map[string]string{}}
	columns := map[string]bool{}
	err = questions.EachRow(ctx, database, "columns", func(scan duck.Scan) error {
		var name string
		err := scan(&name)
		columns[name] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, read := range []struct {
		question string
		each     func(duck.Scan) error
	}{
		{"rows", p.readRow},
		{"labels", p.readLabel},
		{"transfers", p.readPair},
		{"refund_links", p.readLink},
		{"streams", func(scan duck.Scan) error { return readMember(&p.streams, scan, true) }},
		{"distress_events", func(scan duck.Scan) error { return readMember(&p.events, scan, false) }},
		{"income_intervals", p.readInterval},
	} {
		if lacks := missing(read.question, columns); lacks != "" {
			p.missing[read.question] = lacks
			continue
		}
		if err := questions.EachRow(ctx, database, read.question, read.each); err != nil {
			return nil, err
		}
		p.built(read.question)
	}
	if lacks := p.missing["rows"]; lacks != "" {
		return nil, fmt.Errorf("the file has no %s", lacks)
	}
	if p.missing["transfers"] != "" {
		p.pairsOfRows()
	}
	return p, nil
}

// missing names what a question needs and the file lacks: tables, or columns of tables that are there.
func missing(question string, columns map[string]bool) string {
	var lacks []string
	for line := range strings.Lines(questions.Get(question)) {
		rest, isNeed := strings.CutPrefix(strings.TrimSpace(line), "-- needs ")
		if !isNeed {
			continue
		}
		table, names, _ := strings.Cut(rest, ": ")
		var absent []string
		wanted := strings.Fields(names)
		for _, name := range wanted {
			if !columns[table+"."+name] {
				absent = append(absent, name)
			}
		}
		switch {
		case len(absent) == len(wanted):
			lacks = append(lacks, table)
		case len(absent) > 0:
			lacks = append(lacks, table+"."+strings.Join(absent, ", ."))
		}
	}
	return strings.Join(lacks, ", ")
}

// built tells a model without rows from one that is not there.
func (p *product) built(question string) {
	switch {
	case question == "labels" && p.labels == nil:
		p.labels = map[string]label{}
	case question == "refund_links" && p.links == nil:
		p.links = map[string]string{}
	case question == "streams" && p.streams == nil:
		p.streams = map[string]*set{}
	case question == "distress_events" && p.events == nil:
		p.events = map[string]*set{}
	}
}

func (p *product) readRow(scan duck.Scan) error {
	var id string
	var r row
	err := scan(&id, &r.account, &r.amount, &r.merchantKey, &r.spendingClass, &r.counter, &r.isCard, &r.rail)
	p.rows[id] = r
	return err
}

func (p *product) readLabel(scan duck.Scan) error {
	var id string
	var l label
	p.built("labels")
	err := scan(&id, &l.category, &l.isSpending)
	p.labels[id] = l
	return err
}

func (p *product) readPair(scan duck.Scan) error {
	var pair [2]string
	err := scan(&pair[0], &pair[1])
	p.pairs = append(p.pairs, pair)
	return err
}

func (p *product) readLink(scan duck.Scan) error {
	var refund, purchase string
	p.built("refund_links")
	err := scan(&refund, &purchase)
	p.links[refund] = purchase
	return err
}

func readMember(sets *map[string]*set, scan duck.Scan, hasKind bool) error {
	var id, kind, member string
	into := []any{&id, &kind, &member}
	if !hasKind {
		into = []any{&id, &member}
	}
	if err := scan(into...); err != nil {
		return err
	}
	if *sets == nil {
		*sets = map[string]*set{}
	}
	if (*sets)[id] == nil {
		(*sets)[id] = &set{kind: kind}
	}
	(*sets)[id].members = append((*sets)[id].members, member)
	return nil
}

// pairsOfRows are the pairs as ledger.transactions has them, while there is no table of transfers.
func (p *product) pairsOfRows() {
	for id, r := range p.rows {
		if r.counter != "" && r.amount < 0 {
			p.pairs = append(p.pairs, [2]string{id, r.counter})
		}
	}
}
