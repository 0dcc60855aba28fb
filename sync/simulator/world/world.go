package world

import "time"

// World is the banks, their accounts and what refreshes have revealed of them. Make one with New. It is not safe for
// concurrent use, and has no clock: whoever asks says when.
type World struct {
	Config   Config
	Accounts []*Account // in order of creation
	ByID     map[string]*Account

	styled *styled // nil in a plain world

	drawn []*Account // whose rows are in memory, where Config bounds them: those first that were drawn first

	// RefreshFault decides what a fault makes of a refresh that begins: it fails, it stays pending for at least so
	// long. Nil is never.
	RefreshFault func(a *Account, feature string) (fails bool, pends time.Duration)
}

// New makes a world at its start.
func New(config Config) *World {
	config = config.withDefaults()
	w := &World{Config: config, ByID: map[string]*Account{}, styled: newStyled(config)}
	for n := range config.Accounts {
		w.add(newAccount(config, n))
	}
	if config.Linked {
		for _, a := range w.Accounts { // all there are: money moves between them
			w.BeginRefresh(a, "transactions", "link", a.CreatedAt)
			w.BeginRefresh(a, "balance", "link", a.CreatedAt)
		}
	}
	return w
}

func (w *World) add(a *Account) *Account {
	w.Accounts = append(w.Accounts, a)
	w.ByID[a.ID] = a
	return a
}
