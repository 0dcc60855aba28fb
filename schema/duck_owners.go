package schema

import "context"

// hasOwners reports whether an open file, or segment, has the tables of owners: those of
// versions before migration 0003 have none.
func hasOwners(ctx context.Context, database queryer) (exists bool, err error) {
	err = database.QueryRowContext(ctx, statement("owners_exist"), nil).Scan(&exists)
	return exists, err
}
