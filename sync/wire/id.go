package wire

type onlyID struct {
	ID span `json:"id"`
}

// DecodeID finds the id of an object of any kind. Nothing else of it is looked at. The error is a *FieldError.
func DecodeID(raw []byte) (string, error) {
	var f onlyID
	o := open(raw, &f)
	id := o.requireID("id", f.ID)
	return id, o.err()
}

// idOf reads the id of something that is given by its id or as the expanded object.
func (o *object) idOf(field string, s span) string {
	value := o.value(s)
	if !isObject(value) {
		return o.requireID(field, s)
	}
	var f onlyID
	inner := open(value, &f)
	inner.path = o.pathOf()
	if f.ID.to == 0 {
		o.fail(field, reasonType)
	}
	id := inner.requireID(field, f.ID)
	o.close(field, inner)
	return id
}
