package wire

// OpenList takes the body of a page of a list apart, or refuses it whole: a list has object, data, has_more and url,
// or it is none.
func OpenList(body []byte) (rows [][]byte, hasMore bool, err error) {
	var seen uint
	err = eachField(body, func(name string, value []byte) error {
		switch name {
		case "object":
			seen |= 1
			return wantObject(value, "list")
		case "data":
			seen |= 2
			return eachElement(value, func(_ int, row []byte) error {
				rows = append(rows, row)
				return nil
			})
		case "has_more":
			seen |= 4
			return wantBool(name, value, &hasMore)
		case "url":
			seen |= 8
			var url string
			return wantText(name, value, &url)
		}
		return nil
	})
	if err == nil {
		err = required(seen, []string{"object", "data", "has_more", "url"})
	}
	return rows, hasMore, err
}
