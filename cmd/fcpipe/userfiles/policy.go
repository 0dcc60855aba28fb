package userfiles

import (
	"context"
	"errors"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/rules"
)

// attributes are the catalogue that a policy speaks of.
const attributes = "underwriting.attributes"

// ReadPolicy reads a policy for the numbers that a file has.
func ReadPolicy(
	ctx context.Context, database duck.Queryer, file string, content []byte,
) ([]rules.Condition, error) {
	var known []rules.Attribute
	err := statements.EachRow(ctx, database, "policy_attributes", func(scan duck.Scan) error {
		var a rules.Attribute
		var windows *string
		if err := scan(&a.Name, &a.Unit, &windows); err != nil {
			return err
		}
		err := duck.ParseList(windows, &a.Windows)
		known = append(known, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rules.ReadPolicy(file, content, known)
}

// loadPolicy reads the policy that the configuration names, for the numbers of this program: those that the round
// derives which stores it.
func loadPolicy(ctx context.Context, cfg config.Config) (conditions []rules.Condition, err error) {
	content, err := Read("analytics.policy", cfg.PolicyFile())
	if err != nil || cfg.PolicyFile() == "" {
		return nil, err
	}
	catalogue, err := models.QueryOver(attributes, nil)
	if err != nil {
		return nil, err
	}
	database, err := duck.Open(ctx, "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	for _, statement := range []string{
		"CREATE SCHEMA underwriting", "CREATE TABLE " + attributes + " AS " + catalogue,
	} {
		if _, err := database.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	return ReadPolicy(ctx, database, cfg.PolicyFile(), content)
}
