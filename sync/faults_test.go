package sync

import (
	"encoding/json"
	"fmt"

	"fcpipe/sync/simulator"
)

// Faults as simulator scripts write them, and those that several tests arm by their names.

func fault(text string) (f simulator.Fault) {
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		panic(err)
	}
	return f
}

// faultScript is a fault by the fields of its condition and of what it does.
func faultScript(when, do string) string { return fmt.Sprintf(`{"when": {%s}, "do": {%s}}`, when, do) }

// answersLost: purchases are made and their answers never arrive.
func answersLost() simulator.Fault {
	return fault(faultScript(`"method": "POST"`, `"commit_then_drop": true`))
}

// refreshAnswersLost is answersLost of refreshes alone.
func refreshAnswersLost() simulator.Fault {
	return fault(faultScript(`"method": "POST", "path": "/refresh"`, `"commit_then_drop": true`))
}

// purchasesLost: purchases never arrive.
func purchasesLost() simulator.Fault { return fault(faultScript(`"method": "POST"`, `"reset": true`)) }

// accountsOdd: accounts are shown with a value that makes them no accounts.
func accountsOdd() simulator.Fault {
	return fault(faultScript(`"method": "GET", "path": "/accounts"`, `"set": {"category": 7}`))
}

// rowsAnswered: requests for rows of an account are answered with a status.
func rowsAnswered(account string, status int) simulator.Fault {
	return fault(faultScript(`"path": "/transactions", "account": "`+account+`"`, fmt.Sprintf(`"status": %d`, status)))
}

// refreshesFail: so many refreshes of a feature fail.
func refreshesFail(feature string, times int) simulator.Fault {
	return fault(faultScript(fmt.Sprintf(`"feature": %q, "times": %d`, feature, times), `"fail_refresh": true`))
}

// refreshesPend: so many refreshes of a feature settle only after a time.
func refreshesPend(feature string, times int, wait string) simulator.Fault {
	return fault(faultScript(fmt.Sprintf(`"feature": %q, "times": %d`, feature, times),
		fmt.Sprintf(`"pend_for": %q`, wait)))
}
