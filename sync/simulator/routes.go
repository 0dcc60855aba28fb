package simulator

import "net/http"

// paging are the parameters every list takes.
var paging = []string{"limit", "starting_after", "ending_before"}

var holderParams = []string{"account_holder[account]", "account_holder[customer]", "account_holder[customer_account]"}

// route finds the handler of a call and the parameters it allows.
func (s *Server) route(c *call) (handler, []string) {
	p, get := c.path, c.request.Method == http.MethodGet
	switch {
	case len(p) == 1 && p[0] == "account" && get:
		return s.platformAccount, nil
	case len(p) == 1 && p[0] == "events" && get:
		return s.listEvents, append([]string{
			"type", "types[]", "created", "created[gt]", "created[gte]", "created[lt]", "created[lte]",
			"delivery_success",
		}, paging...)
	case p[0] != "financial_connections" || len(p) < 2:
		return nil, nil
	}
	switch p[1] {
	case "accounts":
		return s.routeAccounts(c)
	case "transactions":
		switch {
		case get && len(p) == 2:
			return s.listTransactions, append([]string{
				"account", "transacted_at", "transacted_at[gt]", "transacted_at[gte]",
				"transacted_at[lt]", "transacted_at[lte]", "transaction_refresh[after]",
			}, paging...)
		case get && len(p) == 3:
			return s.retrieveTransaction, nil
		}
	}
	return nil, nil
}

func (s *Server) routeAccounts(c *call) (handler, []string) {
	p, get := c.path, c.request.Method == http.MethodGet
	switch {
	case get && len(p) == 2:
		return s.listAccounts, append(append([]string{"session"}, holderParams...), paging...)
	case get && len(p) == 3:
		return s.retrieveAccount, nil
	case get && len(p) == 4 && p[3] == "owners":
		return s.listOwners, append([]string{"ownership"}, paging...)
	case get || len(p) != 4:
		return nil, nil
	}
	switch p[3] {
	case "refresh":
		return s.refreshAccount, []string{"features[]"}
	case "subscribe":
		return s.subscribeAccount, []string{"features[]"}
	case "unsubscribe":
		return s.unsubscribeAccount, []string{"features[]"}
	case "disconnect":
		return s.disconnectAccount, nil
	}
	return nil, nil
}
