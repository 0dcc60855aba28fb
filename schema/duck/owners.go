package duck

import "context"

// HasOwnerTables reports whether an open file, or segment, has the tables of owners: those of
// versions before migration 0003 have none.
func HasOwnerTables(ctx context.Context, database Queryer) (exists bool, err error) {
	err = database.QueryRowContext(ctx, Statement("owners_exist"), nil).Scan(&exists)
	return exists, err
}
