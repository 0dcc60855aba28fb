package answer

import (
	"net/http"
	"strings"
)

// UnknownParam is 400 for a parameter the endpoint does not have.
func UnknownParam(name string) *Error {
	return Invalid("parameter_unknown", name, "Received unknown parameter: "+name)
}

// RequiredParam is 400 for a parameter that is left out.
func RequiredParam(name string) *Error {
	return Invalid("parameter_missing", name, "Missing required param: "+name+".")
}

// EmptyParam is 400 for a parameter that is there without a value.
func EmptyParam(name string) *Error {
	return Invalid("parameter_invalid_empty", name, "You passed an empty string for '"+name+"'. We assume empty "+
		"values are an attempt to unset a parameter; however '"+name+"' cannot be unset. You should remove '"+name+
		"' from your request or supply a non-empty value.")
}

// NotOneOf is 400 for a word that is none of those allowed; Stripe gives it no code.
func NotOneOf(name string, allowed []string) *Error {
	words := strings.Join(allowed, ", ")
	if n := len(allowed); n > 1 {
		words = strings.Join(allowed[:n-1], ", ") + ", or " + allowed[n-1]
	}
	if len(allowed) == 2 {
		words = allowed[0] + " or " + allowed[1]
	}
	return Invalid("", name, "Invalid "+name+": must be one of "+words)
}

// NotInteger is 400 for text where a whole number is wanted.
func NotInteger(name, text string) *Error {
	return Invalid("parameter_invalid_integer", name, "Invalid integer: "+text)
}

// Exclusive is 400 for parameters of which one alone may be given.
func Exclusive(param string, names ...string) *Error {
	return Invalid("parameters_exclusive", param,
		"You may only specify one of these parameters: "+strings.Join(names, ", ")+".")
}

// NoSuch is 400 for an object that a parameter names and that does not exist.
func NoSuch(param, what, id string) *Error {
	e := MissingParam(param, what, id)
	e.Status = http.StatusBadRequest
	return e
}

// Withheld is 400 for what this Stripe account has no access to; whom tells where to ask for it.
func Withheld(what, whom string) *Error {
	return Invalid("", "", "Your account does not have access to "+what+". "+whom)
}
