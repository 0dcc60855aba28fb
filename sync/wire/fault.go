package wire

// FieldError says which field of a row is at fault, and how, never its value.
type FieldError struct {
	Field  string // with dots between names; "" is the whole row
	Reason string
}

// Error is the field and the reason.
func (e *FieldError) Error() string { return e.Field + ": " + e.Reason }

const (
	reasonMissing = "required, but missing"
	reasonType    = "not of the expected type"
	reasonNumber  = "not a whole number of 64 bits"
	reasonTime    = "not a time that can be stored"
	reasonObject  = "another kind of object"
	reasonTwice   = "a field comes twice"
	reasonID      = "not an id"
)
