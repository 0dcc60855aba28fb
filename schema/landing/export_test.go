package landing

// What the tests of this directory know of the inside.
const (
	SegmentAge     = segmentAge
	SegmentRows    = segmentRows
	SegmentPattern = segmentPattern
)
