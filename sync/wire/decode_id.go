package wire

// DecodeID finds the id of an object of any kind. Nothing else of it is looked at.
func DecodeID(raw []byte) (id string, err error) {
	found := false
	err = eachField(raw, func(name string, value []byte) error {
		if name != "id" {
			return nil
		}
		found = true
		return wantID(name, value, &id)
	})
	if err == nil && !found {
		err = &FieldError{"id", reasonMissing}
	}
	return id, asFieldError(err)
}
