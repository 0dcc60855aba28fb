package collect

import (
	"slices"
	"strings"
)

// NoticeVersion names the words of Notice. It changes with them.
const NoticeVersion = "fcpipe-3"

// NoticeLocale is the language of Notice.
const NoticeLocale = "en"

// Notice is what holders are told before they link: who asks, what for, what is seen, how long. The operator's own
// words come first; how long it is kept is what rounds will do.
type Notice struct {
	Business    string   // who asks
	Purpose     string   // what for, in whole sentences
	Storage     string   // where the data is kept, how long, and who else sees it, in whole sentences
	Contact     string   // whom to ask to end it, or to delete the data
	Duration    Duration // how long it is kept
	Permissions []string // what is asked for
	Shared      []string // what is shared already; may be nil
}

// Section is a part of a notice.
type Section struct {
	Heading string
	Lines   []string // sentences, or entries of a list
	IsList  bool
}

// Title is the notice in a line.
func (n Notice) Title() string {
	if len(n.Shared) > 0 {
		return n.Business + " asks to see more of your bank accounts"
	}
	return n.Business + " asks to see your bank accounts"
}

// Sections are the notice, in the order in which it is read.
func (n Notice) Sections() []Section {
	sections := []Section{
		{Heading: "What it is for", Lines: []string{n.Purpose}},
		{Heading: "What " + n.Business + " will see of the accounts you choose", Lines: n.sees(false), IsList: true},
	}
	if more := n.sees(true); len(more) > 0 {
		sections[1] = Section{Heading: "What is new", Lines: more, IsList: true}
		sections = append(sections, Section{
			Heading: "What you share already, and go on sharing", Lines: n.sees(false), IsList: true,
		})
	}
	return append(sections,
		Section{Heading: "What it will not see", Lines: []string{n.never()}},
		Section{Heading: "How long", Lines: append([]string{
			"From now until you end it, which you can do at any time: " + n.Contact + ".",
		}, n.Duration.sentences()...)},
		Section{Heading: "Where it is kept", Lines: []string{n.Storage}},
		Section{Heading: "Who connects to your bank", Lines: []string{
			"Stripe does, for " + n.Business + ". It opens in a window of its own, with terms of its own.",
		}},
	)
}

// sees says what is seen: of what is new beside what is shared already, or of all else.
func (n Notice) sees(isNew bool) (lines []string) {
	for _, p := range Permissions {
		added := len(n.Shared) > 0 && !slices.Contains(n.Shared, p.Name)
		if slices.Contains(n.Permissions, p.Name) && added == isNew {
			lines = append(lines, p.Sees)
		}
	}
	return lines
}

func (n Notice) never() string {
	if slices.Contains(n.Permissions, paymentMethod) {
		return "The password of your bank. Nothing is paid without asking you separately."
	}
	return "The password of your bank. It cannot move money."
}

// Text is the notice as plain text: what is kept as evidence.
func (n Notice) Text() string {
	var text strings.Builder
	text.WriteString(n.Title() + "\n")
	for _, s := range n.Sections() {
		text.WriteString("\n" + s.Heading + "\n")
		for _, line := range s.Lines {
			if s.IsList {
				text.WriteString("- ")
			}
			text.WriteString(line + "\n")
		}
	}
	return text.String()
}
