// Package config is fcpipe's configuration: its types, defaults and checks, how strictly its YAML is read, and the JSON
// Schema that editors know it by. It is given the text, the name of the file and the home directory; it reads neither
// files nor the environment.
//
// Where to look: config.go has the types and the defaults (Default), collect.go those of linking, lake.go those of what
// the lake shows; load.go reads a file (Load), strict.go refuses what YAML libraries disagree about, check.go what
// cannot work; values.go, days.go and months.go are notations of values. policy.go is what a round is told of it,
// memory.go how memory is divided, paths.go where files are; cron.go and clocks.go are about times of rounds, schema.go
// embeds schema.json and the example.
//
// # A new key
//
// A new key needs, in this order: a field with its yaml and jsonschema tags in config.go, collect.go or lake.go; its
// default in Default, or defaultCollect; what cannot work in check.go, or beside the field; a line with its comment in
// config.example.yaml, of which example.yaml is a copy (TestExampleConfigIsTheDefaults); "make golden" for schema.json,
// which schema_golden_test.go makes of the tags, and of what it says itself where a tag cannot: patterns, longer
// descriptions, types with a notation of their own (schemaOfValue). TestSchemaAndProgramAgree holds both to the same
// configurations. What a round has to know of it goes through policy.go, anything else through wiring.go of cmd/fcpipe.
//
// # Promises
//
// A configuration that Load returns can be used: an unknown key, a value in a notation that YAML libraries disagree
// about, and a value that cannot work are errors that name their line or key. The Stripe key is never part of it.
//
// It imports schema (time zones, the layout of a data directory), sync/plan (the policy a configuration results in),
// and libraries for YAML and cron.
package config
