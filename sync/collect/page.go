package collect

import (
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html", "page/refused.html"))

// assets are files that tell nothing of a visit.
var assets = []string{"/page.css", "/page.js", "/icon.svg"}

// maxPageBody is what a page may send, in bytes.
const maxPageBody = 4 << 10

// PageOptions are how a flow is served to one browser on this machine.
type PageOptions struct {
	Address string // host and port it is served under, as a browser names them: other names are refused
	// StripeJS is the address of Stripe.js, the one script that is not our own.
	StripeJS string
	// APIBase is the server that Stripe.js speaks to, where that is not Stripe; "" is Stripe.
	APIBase string
	Flow    *Flow
}

// Page serves one flow to one browser.
type Page struct {
	options PageOptions
	visit   *visit
	assets  http.Handler
	policy  string
	data    any // of the template
}

// NewPage makes the page of a flow, and the path of its link, which is good for one browser.
func NewPage(options PageOptions) (page *Page, link string, err error) {
	script, err := url.Parse(options.StripeJS)
	if err != nil || script.Host == "" {
		return nil, "", errors.New("the address of Stripe.js is no URL")
	}
	_, port, _ := strings.Cut(options.Address, ":")
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, "", err
	}
	page = &Page{
		options: options, assets: http.FileServerFS(files), policy: contentPolicy(script, options.APIBase),
	}
	visit, token := newVisit("fcpipe_" + port)
	page.visit = visit
	page.data = pageData(options)
	return page, "/start/" + token, pageTemplate.ExecuteTemplate(io.Discard, "page.html", page.data)
}

func pageData(o PageOptions) any {
	return struct {
		StripeJS string
		Notice   Notice
		Stripe   *StripeConsent
	}{o.StripeJS, o.Flow.options.Notice, o.Flow.options.StripeConsent}
}

// contentPolicy lets a browser load our own files and Stripe.js, with the frames and servers that it needs.
// Source: https://docs.stripe.com/security/guide#content-security-policy
func contentPolicy(script *url.URL, apiBase string) string {
	origin := script.Scheme + "://" + script.Host
	scripts, frames, connect := origin, origin, apiBase
	if script.Host == stripeJSHost {
		scripts += " https://*.js.stripe.com"
		frames += " https://*.js.stripe.com https://hooks.stripe.com"
		connect = "https://api.stripe.com"
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self' " + scripts, "style-src 'self'", "img-src 'self'",
		"frame-src " + frames, "connect-src 'self' " + connect, "base-uri 'none'", "form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// stripeJSHost is where Stripe.js comes from.
const stripeJSHost = "js.stripe.com"

// IsStripeJS reports whether an address is Stripe's own for Stripe.js.
func IsStripeJS(address string) bool { return strings.HasPrefix(address, "https://"+stripeJSHost+"/") }

// ServeHTTP answers the browser that the page is for.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.writeHeaders(w.Header())
	token, isStart := strings.CutPrefix(r.URL.Path, "/start/")
	switch {
	case r.Host != p.options.Address: // a name that was made to lead here
		p.refuse(w, http.StatusMisdirectedRequest)
	case isStart && r.Method == http.MethodGet && (p.visit.isOurs(r) || p.visit.begin(w, token)):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case r.Method == http.MethodGet && slices.Contains(assets, r.URL.Path):
		p.assets.ServeHTTP(w, r)
	case !p.visit.isOurs(r):
		p.refuse(w, http.StatusForbidden)
	case r.Method == http.MethodGet && r.URL.Path == "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = pageTemplate.ExecuteTemplate(w, "page.html", p.data)
	case r.Method == http.MethodGet && r.URL.Path == "/state":
		writeJSON(w, http.StatusOK, p.options.Flow.State())
	case r.Method == http.MethodPost:
		p.post(w, r)
	default:
		p.refuse(w, http.StatusNotFound)
	}
}

func (p *Page) writeHeaders(h http.Header) {
	for name, value := range map[string]string{
		"Content-Security-Policy":      p.policy,
		"Cross-Origin-Opener-Policy":   "same-origin-allow-popups", // a bank's window speaks to its opener
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "same-origin",
		"Cache-Control":                "no-store",
		"X-Content-Type-Options":       "nosniff",
	} {
		h.Set(name, value)
	}
}

// refuse shows why nothing is here.
func (p *Page) refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = pageTemplate.ExecuteTemplate(w, "refused.html", status)
}

// post takes what our own script sends, from our own page.
func (p *Page) post(w http.ResponseWriter, r *http.Request) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("Origin") != "http://"+p.options.Address || media != "application/json" {
		p.refuse(w, http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPageBody))
	if err != nil {
		p.refuse(w, http.StatusRequestEntityTooLarge)
		return
	}
	switch r.URL.Path {
	case "/open":
		opening, err := p.options.Flow.open(r.Context())
		p.answer(w, opening, err)
	case "/ended":
		var told struct {
			Session string `json:"session"`
			Ending
		}
		if json.Unmarshal(body, &told) != nil || !told.IsKnown() {
			p.refuse(w, http.StatusBadRequest)
			return
		}
		err := p.options.Flow.ended(r.Context(), told.Session, told.Ending)
		p.answer(w, p.options.Flow.State(), err)
	default:
		p.refuse(w, http.StatusNotFound)
	}
}

// answer is what was asked for, or why not, without what Stripe said of it.
func (p *Page) answer(w http.ResponseWriter, value any, err error) {
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, value)
	case errors.Is(err, errOver), errors.Is(err, errTooManyTries), errors.Is(err, ErrNoSession):
		writeJSON(w, http.StatusConflict, p.options.Flow.State())
	default:
		p.options.Flow.options.Tell(err.Error())
		writeJSON(w, http.StatusBadGateway, p.options.Flow.State())
	}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
