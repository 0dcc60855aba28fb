package world

// keep notes that rows of an account are drawn. Where a world may keep those of so many accounts only, it forgets what
// was drawn first: accounts with a fixed number of rows are the same when they are drawn again.
func (w *World) keep(a *Account) {
	if w.Config.KeepDrawn == 0 || w.Config.RowsPerAccount == 0 || a.rowsThrough > 0 {
		return
	}
	if w.drawn = append(w.drawn, a); len(w.drawn) > w.Config.KeepDrawn {
		w.drawn[0].forget()
		w.drawn = w.drawn[1:]
	}
}

// forget leaves what clients and time did to an account, its State, and no row.
func (a *Account) forget() {
	a.Rows, a.rowsThrough, a.edited, a.view, a.book = nil, 0, nil, nil, book{}
}
