// Package storetest serves the tests of schema's packages: a store with a clock that the test moves, which is verified
// when the test ends, rounds that land, merge, derive and publish, damage of every kind, and the models of this program
// for few tables.
//
// It imports every package of schema, and only tests import it. It promises that a store begins as a copy of one
// template, made once, so that a test pays for the rounds it runs and not for the tables.
package storetest
