package simulator

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// eventHorizon is how far back events can be listed.
const eventHorizon = 30 * 24 * time.Hour

// listEvents lists what happened to accounts in the last 30 days, newest first.
func (s *Server) listEvents(c *call) (any, *answer.Error) {
	var wanted []string
	if one := c.params.Get("type"); one != "" {
		wanted = []string{one}
	}
	wanted = append(wanted, c.values("types")...)
	var events []object
	for _, a := range s.world.Accounts {
		s.world.CatchUp(a, s.now)
		for _, event := range s.eventsOf(a) {
			if len(wanted) == 0 || slices.ContainsFunc(wanted, func(pattern string) bool {
				matched, _ := path.Match(pattern, event["type"].(string))
				return matched
			}) {
				events = append(events, event)
			}
		}
	}
	events = slices.DeleteFunc(events, func(event object) bool { return !inBounds(c, event["created"].(int64)) })
	slices.SortFunc(events, func(x, y object) int {
		if order := y["created"].(int64) - x["created"].(int64); order != 0 {
			return int(order)
		}
		return strings.Compare(x["id"].(string), y["id"].(string))
	})
	return answer.ListObjects(c.params, "/v1/events", events)
}

func inBounds(c *call, created int64) bool {
	for operator, holds := range map[string]func(bound int64) bool{
		"": func(b int64) bool { return created == b }, "[gt]": func(b int64) bool { return created > b },
		"[gte]": func(b int64) bool { return created >= b }, "[lt]": func(b int64) bool { return created < b },
		"[lte]": func(b int64) bool { return created <= b },
	} {
		if bound, err := strconv.ParseInt(c.params.Get("created"+operator), 10, 64); err == nil && !holds(bound) {
			return false
		}
	}
	return true
}

func (s *Server) eventsOf(a *world.Account) []object {
	var events []object
	add := func(kind string, at time.Time, number int64) {
		if at.IsZero() || at.After(s.now) || at.Before(s.now.Add(-eventHorizon)) {
			return
		}
		events = append(events, object{
			"id":     draw.ID("evt_", s.world.Config.Seed, a.Identity(), kind, number),
			"object": "event", "api_version": "2025-08-27.basil",
			"created": at.Unix(), "livemode": false, "pending_webhooks": 0, "request": nil,
			"type": "financial_connections.account." + kind, "data": object{"object": s.accountObject(a, at)},
		})
	}
	add("created", a.CreatedAt, 0)
	add("deactivated", a.InactiveAt, 0)
	add("deactivated", a.State.ReplacedAt, 1)
	add("deactivated", a.State.BrokenAt, 2)
	add("reactivated", a.State.ReactivatedAt, 0)
	add("disconnected", a.State.DisconnectedAt, 0)
	for feature := range world.PermissionFor {
		for number, r := range a.State.Refreshes[feature] {
			add("refreshed_"+feature, r.SettlesAt, int64(number))
		}
	}
	return events
}
