// Package browsertest shows pages to tests in a headless browser: it starts Chromium, takes pictures, and tells what a
// page asks for, what lies beyond its edges, and what axe-core finds.
//
// It imports chromedp alone. It promises that a test is skipped, and says so, where no browser is installed, and that
// nothing of the browser is left once it has ended.
package browsertest
