package wire

import "testing"

func TestDecodeOwner(t *testing.T) {
	whole := string(changed(wholeOwner, `"refreshed_at":5`, `"refreshed_at":5,"date_of_birth":{"year":1990}`))
	o, err := DecodeOwner([]byte(whole))
	if err != nil || o.OwnerID != "fcaown_1" || o.Name != "Ada" || o.OwnershipID != "fcaowns_1" || o.Email != nil {
		t.Errorf("%+v %v", o, err)
	}
	if *o.Phone != "+1" || *o.RawAddress != "1 St" || o.RefreshedAt.Unix() != 5 {
		t.Errorf("%+v", o)
	}
	if *o.Extra != `{"date_of_birth":{"year":1990}}` {
		t.Errorf("extra %s", *o.Extra)
	}
	for change, want := range map[[2]string]string{
		{`"name":"Ada",`, ``}:                         "name: " + reasonMissing,
		{`"name":"Ada"`, `"name":null`}:               "name: " + reasonType,
		{`"email":null`, `"email":5`}:                 "email: " + reasonType,
		{`"raw_address":"1 St"`, `"raw_address":{}`}:  "raw_address: " + reasonType,
		{`"refreshed_at":5`, `"refreshed_at":1e3`}:    "refreshed_at: " + reasonNumber,
		{`account_owner`, `account_ownership`}:        "object: " + reasonObject,
		{`"ownership":"fcaowns_1"`, `"ownership":""`}: "ownership: " + reasonMissing,
		{`"id":"fcaown_1",`, ``}:                      "id: " + reasonMissing,
	} {
		o, err := DecodeOwner(changed(whole, change[0], change[1]))
		if err == nil || err.Error() != want {
			t.Errorf("%v: %v, want %s", change, err, want)
		}
		if change[1] != "" && o.OwnerID != "fcaown_1" {
			t.Errorf("%v: its id is %q", change, o.OwnerID)
		}
	}
}
