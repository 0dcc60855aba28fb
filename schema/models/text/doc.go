// Package text reads what a bank printed beside a movement: which phrasing it is, who processed it, which merchant it
// names.
//
// It imports schema, whose embedded folder seeds holds the merchants, and promises that Read gives the same answer for
// the same text, never fails, never leaves the key of a text with letters empty, and never makes a key that is longer
// than its text unless the key stands in the table of merchants.
//
// Where to look: Read in reading.go goes through the steps, findName there tries names in their order, names.go looks
// one up in tables that index.go reads, field.go one that its field cuts off, and makeKey makes a key where no table
// knows the name.
//
// # Steps
//
//	spelling     capitals, one form of each accent, narrow letters, single spaces; marks of Latin and Greek letters go
//	template     the phrasing of the bank: which words are its own, which slots they leave (templates.csv)
//	head         words of banks before a name in a phrasing that no template knows (heads.csv)
//	tail         what is printed behind a name: card digits, phone, place, store, references (tails.csv)
//	processor    who took the payment for the merchant: SQ *, TST*, PAYPAL * (processors.csv)
//	merchant     the name in the tables of merchants: an exact alias, then the longest run of whole words (names.go)
//	rail         how the money moved, where neither template nor processor says it (rails.csv)
//	category     what it is when money comes in, and when it goes out: rules, merchants, rails, words (categories.csv)
//
// Rules are lines of the .csv files here, each with an example and its answer, which TestEveryRuleReadsItsExample
// reads; of categories.csv it is TestEveryRuleOfCategoriesLabelsItsExample, and TestTextsSayWhatTheirBankMeant reads
// more.
// A rule that is not sure keeps more: two keys for one merchant can be joined by an alias, one key for two merchants
// cannot be parted.
//
// # Categories
//
// A line of categories.csv has words and the category they say. Alternatives are parted by |, groups of which each
// needs one by a semicolon; a group with = before it lists what else may stand there: with any word that is in no group
// the rule is void; a word with ^ begins the text, one with $ ends it; without are words that make the rule void,
// ^person among them in a text of Zelle that names a person. rail is a list of rails, or of those it is not when a !
// stands first. Lines are tried in their order, by stages: first (fees, income), then the table of merchants, rail
// (people, cash, checks, wires), text (words anywhere), name (words of a merchant's name that no table knows).
//
// Whether a row moves money between a holder's own accounts is decided by pairs of rows first, in the model
// ledger.transfers (ledger.movement_told says what a text speaks for), then by its text alone: the macro
// ledger.own_text_of, then lines here with xfer.own. TestTransfersFromTheTextsOfBanks in schema/models tries them on
// real texts.
//
// # Heads
//
// A line of heads.csv is a word that banks print before a name: card and ach say how money moved, money needs one of
// them beside it, a lead belongs to the word of banks behind it (CHECK CARD), a join (AT, ON) to the one before it, and
// an entry says what is paid. Two words are enough, one that stands alone, or one behind a phrasing.
//
// # Patterns
//
// A pattern is a row of elements that stand for words:
//
//	POS            the word itself; POS|PIN either; a ? behind an element: it may be missing; a ~ before it: a label,
//	               which is left out of the key; a : behind it: the text has one
//	<date>         one word of a class: date, mmdd, time, card, account, masked, number, digit, three, four, ref,
//	               mark, code, terminal, store, shop, hash, pound, phone, url, state, zip, amount, day, month,
//	               bankref, any;
//	               <mmdd>|<date> either
//	<merchant>     a slot of one word or more: merchant, counterparty, place, entry, memo
//
// Signs that stand alone, such as a dash between two parts, are passed over, unless a pattern has a - there. A word
// ends at a colon behind letters, and before # and digits: DES:PAYROLL are two words.
package text
