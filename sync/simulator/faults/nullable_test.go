package faults

import (
	"slices"
	"strings"
	"testing"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
	"github.com/stripe/stripe-mock/spec"
)

// TestNullableFieldsAreThoseOfStripesSpecification holds the list to the OpenAPI file, as far as
// the world has the fields.
func TestNullableFieldsAreThoseOfStripesSpecification(t *testing.T) {
	document, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	for kind, fields := range nullable {
		allowed := nullableOf(document, kind, "", 0)
		allowed = slices.DeleteFunc(allowed, func(field string) bool { return field == "account_numbers" })
		if slices.Sort(allowed); !slices.Equal(allowed, slices.Sorted(slices.Values(fields))) {
			t.Errorf("%s: Stripe lets %v be null", kind, allowed)
		}
	}
}

// nullableOf lists the fields of a schema that may be null, those of its own parts too.
func nullableOf(document *spec.Spec, kind, prefix string, depth int) (fields []string) {
	for name, property := range document.Components.Schemas[kind].Properties {
		if property.Nullable {
			fields = append(fields, prefix+name)
		}
		refs := []string{property.Ref}
		for _, option := range property.AnyOf {
			refs = append(refs, option.Ref)
		}
		for _, ref := range refs {
			part := ref[strings.LastIndex(ref, "/")+1:]
			if strings.HasPrefix(part, "bank_connections_resource") && depth < 4 {
				fields = append(fields, nullableOf(document, part, prefix+name+".", depth+1)...)
			}
		}
	}
	return fields
}
