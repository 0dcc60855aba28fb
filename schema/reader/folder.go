package reader

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/schema/duck"
)

// OtherMonthsFolder is the folder of rows whose months have none of their own.
const OtherMonthsFolder = "month=" + otherMonths

const (
	// monthsWithFolders is how many months have a folder of their own in a dataset, the one after the
	// newest data the last of them: twenty years. Rows of all other months share one folder, so that
	// dates no bank meant, whatever they are, make one file and not thousands.
	monthsWithFolders = 240

	// What names the folder of other months, and of the file of a dataset without rows: readers guess
	// a folder's type from its name, so it looks like the names of the others and is none of them.
	otherMonths = "1900-01"
	noDate      = "1900-01-01"
)

// months are the first and the last one with a folder, as YYYY-MM.
type months struct{ first, last string }

// monthsUntil finds the months with folders when nothing was observed later than the watermark.
func monthsUntil(watermark *time.Time) months {
	if watermark == nil {
		return months{otherMonths, otherMonths}
	}
	at := watermark.UTC()
	month := func(offset int) string {
		return time.Date(at.Year(), at.Month()+time.Month(offset), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	}
	return months{month(2 - monthsWithFolders), month(1)}
}

// SameFolders reports whether a row lies in the same folder at two watermarks.
func SameFolders(one, other time.Time) bool { return monthsUntil(&one) == monthsUntil(&other) }

// fold decides which folder a row lies in. The folder is named by a key that no column has, because
// most readers make a column of it and some refuse a file that has such a column already.
func (d *Dataset) fold(with months) error {
	d.months = with
	column := Identifier(d.PartitionColumn)
	switch {
	case d.PartitionColumn == "":
		d.folder = "''"
		return nil
	case d.Feed && strings.HasSuffix(d.PartitionColumn, "_date"):
		d.FolderKey, d.folder = "date", column
	case !d.Feed && strings.HasSuffix(d.PartitionColumn, "_month"):
		d.FolderKey = "month"
		d.folder = fmt.Sprintf("CASE WHEN %[1]s BETWEEN %[2]s AND %[3]s THEN %[1]s ELSE %[4]s END",
			column, duck.Quote(with.first), duck.Quote(with.last), duck.Quote(otherMonths))
	default:
		return fmt.Errorf("partition %s: want a name that ends in _month, or _date in a feed", d.PartitionColumn)
	}
	if slices.ContainsFunc(d.Columns, func(c Column) bool { return strings.EqualFold(c.Name, d.FolderKey) }) {
		return fmt.Errorf("a partitioned dataset has no column %s: it is the name of its folders' key", d.FolderKey)
	}
	return nil
}

// folderOf is the folder of the rows that have a value in the partition column.
func (d Dataset) folderOf(value string) string {
	if d.Feed || value >= d.months.first && value <= d.months.last {
		return value
	}
	return otherMonths
}

// NoRows is the partition of a dataset that has no rows: a file of it shows the schema alone.
func (d Dataset) NoRows() Partition {
	switch {
	case d.PartitionColumn == "":
		return Partition{}
	case d.Feed:
		return Partition{Value: noDate}
	}
	return Partition{Value: otherMonths}
}

// SharesFolder reports whether a partition is that of months without a folder of their own.
func (d Dataset) SharesFolder(p Partition) bool {
	return !d.Feed && d.PartitionColumn != "" && p.Value == otherMonths
}
