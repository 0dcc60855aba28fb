package duck

import "context"

// HasOwnerTables reports whether a catalog of an open file or segment, "" for the current one, has the tables of
// owners. Those of versions before migration 0003 have none.
func HasOwnerTables(ctx context.Context, database Queryer, catalog string) (exists bool, err error) {
	err = database.QueryRowContext(ctx, statements.Get("owners_exist"), catalog).Scan(&exists)
	return exists, err
}

// HasLabelTables reports whether a catalog of an open file or segment, "" for the current one, has the tables of
// Stripe's labels. Those of versions before migration 0009 have none.
func HasLabelTables(ctx context.Context, database Queryer, catalog string) (exists bool, err error) {
	err = database.QueryRowContext(ctx, statements.Get("labels_exist"), catalog).Scan(&exists)
	return exists, err
}
