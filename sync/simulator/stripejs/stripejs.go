package stripejs

import (
	"embed"
	"strings"
)

// ClientPath begins the addresses the script posts to; the step follows: open, accounts, connect or cancel.
const ClientPath = "/_link/"

//go:embed *.js hosted.html
var files embed.FS

// parts of the script, in their order: all of them in one scope of its own.
var parts = []string{"elements.js", "style.js", "client.js", "dialogue.js", "panes.js", "stripe.js"}

// Script is the stand-in for Stripe.js.
func Script() []byte {
	var b strings.Builder
	b.WriteString("(() => {\n\"use strict\";\n")
	for _, name := range parts {
		b.Write(file(name))
	}
	b.WriteString("})();\n")
	return []byte(b.String())
}

// HostedPage is what the address of a hosted session shows. HostedPolicy is its Content-Security-Policy.
func HostedPage() []byte { return file("hosted.html") }

// HostedPolicy allows the script, what it posts to, and nothing else.
const HostedPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

func file(name string) []byte {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return text
}
