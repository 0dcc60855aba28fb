package duck

import (
	"context"
	"database/sql"
)

// HasTable reports whether an open file or segment has a table, which is named with its schema, or with the catalog
// that it is in. Those of earlier versions have not all.
func HasTable(ctx context.Context, database Queryer, table string) (exists bool, err error) {
	exists, _, err = columnOf(ctx, database, table, "")
	return exists, err
}

// HasColumn reports whether a table, named as for HasTable, is there with a column.
func HasColumn(ctx context.Context, database Queryer, table, column string) (exists bool, err error) {
	_, exists, err = columnOf(ctx, database, table, column)
	return exists, err
}

func columnOf(ctx context.Context, database Queryer, table, column string) (hasTable, hasColumn bool, err error) {
	var columns int
	err = database.QueryRowContext(ctx, statements.Get("columns_named"), sql.Named("column", column),
		sql.Named("table", table)).Scan(&columns)
	if hasNoTable(err) {
		return false, false, nil
	}
	return err == nil, columns > 0, err
}
