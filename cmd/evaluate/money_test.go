package main

import "testing"

// TestNoShareOfMoneyPassesOne: of streams and events that lack rows, or have rows of others, only what both have is
// right: by money no share passes one, and what is missing is missed. Whole ones score one again.
func TestNoShareOfMoneyPassesOne(t *testing.T) {
	p, truth := seer(t)
	whole := map[*set][]string{}
	for _, sets := range []map[string]*set{p.streams, p.events} {
		for _, s := range sets {
			whole[s] = s.members
			s.members = s.members[:(len(s.members)+1)/2]
		}
	}
	half, err := compare(p, truth, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range half.scores {
		if name != keys && (s.RightMinor > s.GivenMinor || s.RightMinor > s.TrueMinor) {
			t.Errorf("half of every %s: right %d of %d claimed, %d true", name, s.RightMinor, s.GivenMinor, s.TrueMinor)
		}
	}
	for _, name := range []string{allStreams, streamMeasure("payroll")} {
		if s := half.of(name); s.Right == 0 || s.RightMinor == s.TrueMinor || s.RightMinor != s.GivenMinor {
			t.Errorf("%s: a half is all right and not all: %+v", name, s)
		}
	}
	for _, sets := range []map[string]*set{p.streams, p.events} {
		for _, s := range sets {
			s.members = whole[s]
		}
	}
	again, err := compare(p, truth, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s := again.of(allStreams); s.RightMinor != s.TrueMinor || s.RightMinor != s.GivenMinor {
		t.Errorf("whole streams: %+v", s)
	}
}
