package linking

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"fcpipe/sync/collect"
)

// Dialogue is a holder at the dialogue of the simulator's stand-in for Stripe.js, without a browser: it sends what the
// script sends as they click, key and secret in bodies alone. Stripe has nothing like it.
type Dialogue struct {
	Client  http.Client // reaches the simulator
	Address string      // of the simulator, without a slash at the end
	Key     string      // publishable
	Secret  collect.Secret
}

// Offered is an account as the dialogue shows it; once it is linked, with its id.
type Offered struct {
	Number      string `json:"number"`
	ID          string `json:"id"`
	DisplayName string `json:"display_name"`
	Last4       string `json:"last4"`
}

// IsSame reports whether two are one account of a bank.
func (o Offered) IsSame(other Offered) bool {
	return o.DisplayName == other.DisplayName && o.Last4 == other.Last4
}

// Offered opens the dialogue and chooses a bank; it answers the accounts that may be ticked, in the bank's order. The
// error says which step was refused, and not the secret.
func (d Dialogue) Offered(ctx context.Context, bank string) ([]Offered, error) {
	var opened struct {
		Institutions []string `json:"institutions"`
	}
	if err := d.step(ctx, "open", nil, &opened); err != nil {
		return nil, err
	}
	if !slices.Contains(opened.Institutions, bank) {
		return nil, fmt.Errorf("the dialogue does not offer %s", bank)
	}
	var shown struct {
		Accounts []Offered `json:"accounts"`
	}
	err := d.step(ctx, "accounts", map[string]any{"institution": bank}, &shown)
	return shown.Accounts, err
}

// Connect links the accounts that are ticked, which ends the session; it answers them with their ids. Errors are as
// those of Offered.
func (d Dialogue) Connect(ctx context.Context, bank string, ticked []Offered) ([]Offered, error) {
	numbers := make([]string, len(ticked))
	for i, o := range ticked {
		numbers[i] = o.Number
	}
	var result struct {
		Session struct {
			Accounts []Offered `json:"accounts"`
		} `json:"financialConnectionsSession"`
	}
	err := d.step(ctx, "connect", map[string]any{"institution": bank, "accounts": numbers}, &result)
	return result.Session.Accounts, err
}

// step takes the dialogue one step on. No error names the secret.
func (d Dialogue) step(ctx context.Context, name string, more map[string]any, into any) error {
	said := map[string]any{"key": d.Key, "client_secret": string(d.Secret)}
	maps.Copy(said, more)
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Address+"/_link/"+name,
		bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := d.Client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("step %s of the dialogue: %s", name, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
