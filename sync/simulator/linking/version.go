package linking

import "strings"

// Version is a Stripe-Version header, such as 2025-08-27.basil or 2026-08-26.preview.
type Version string

const (
	endive  = "2026-09-30" // filters[country], other defaults
	hosting = "2026-03-25" // ui_mode, hosted and relink_options, in preview
)

func (v Version) date() string { return string(v[:min(len(v), len(hosting))]) }

// IsPreview reports whether it is a preview version.
func (v Version) IsPreview() bool { return strings.HasSuffix(string(v), ".preview") }

func (v Version) isSince(date string) bool { return v.date() >= date }

// Hosts reports whether sessions have what is in public preview.
func (v Version) Hosts() bool { return v.IsPreview() && v.isSince(hosting) }
