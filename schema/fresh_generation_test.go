package schema

// swap puts the next generation of a store in place.
func swap(s *Store) error { return (&Generation{store: s}).swap() }
