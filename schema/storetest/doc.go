// Package storetest serves the tests of schema's packages: a store with a clock that the test moves, which is verified
// when the test ends, rounds that land, merge, derive and publish, and damage of every kind.
//
// It imports every package of schema, and only tests import it. It promises that a store begins as a copy of one
// template, made once, so that a test pays for the rounds it runs and not for the tables.
package storetest
