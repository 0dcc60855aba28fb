package rules

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"

	"fcpipe/schema"
)

var reasonCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$`)

// checkReason takes the sentence of the code where the line has none of its own. A sentence that speaks of another
// number than the condition would state a reason that is not the one.
func (c *Condition) checkReason(codes map[string]reason) error {
	if !reasonCode.MatchString(c.Code) {
		return fmt.Errorf("reason_code %q: write up to 32 letters, digits and, behind the first, - . _",
			shortened(c.Code))
	}
	rest := strings.NewReplacer("{n}", "", "{w}", "", "{m}", "", "{rest}", "").Replace(c.Text)
	if strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("text %q: in braces write n, w, m or rest alone, as in {n}", shortened(c.Text))
	}
	if c.Text != "" {
		return nil
	}
	known, has := codes[c.Code]
	switch {
	case !has:
		return fmt.Errorf("reason_code %s is a code of your own: fill text; CF01 to CF25 have a sentence each", c.Code)
	case known.attribute != c.Attribute:
		return fmt.Errorf("the sentence of %s is about %s, and the condition about %s: fill text", c.Code,
			known.attribute, c.Attribute)
	}
	c.Text = known.sentence
	return nil
}

// reason is a code that reasons may have, with the sentence for whom it concerns.
type reason struct{ attribute, sentence string }

func loadReasonCodes() (map[string]reason, error) {
	file, err := schema.SeedFiles.Open("seeds/reason_codes.csv")
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reason_codes.csv: %w", err)
	}
	codes := map[string]reason{}
	for _, l := range lines[1:] {
		codes[l[0]] = reason{l[1], l[2]}
	}
	return codes, file.Close()
}
