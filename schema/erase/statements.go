package erase

import (
	"embed"

	"fcpipe/schema/duck"
)

//go:embed *.sql
var files embed.FS

var statements = duck.Load(files)
