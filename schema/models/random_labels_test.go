package models_test

// label gives a row labels of Stripe's, or others than it has.
func (b *randomBank) label() {
	r := pick(b, b.rows)
	var merchant, category *string
	if !b.chance(4) {
		merchant = &r.text
	}
	if !b.chance(4) {
		category = new(pick(b, []string{"food_coffee", "housing_rent", "new label"}))
	}
	b.exec("UPDATE main.transaction_label_versions SET is_current = false WHERE transaction_id = ?", r.id)
	b.exec(`INSERT INTO main.transaction_label_versions BY NAME
		SELECT $1 AS transaction_id, $2 AS account_id, $3::VARCHAR AS merchant_name,
			$4::VARCHAR AS personal_finance_primary, 'low' AS money_movement_primary, $5::TIMESTAMPTZ AS observed_at,
			(SELECT count(*) + 1 FROM main.transaction_label_versions WHERE transaction_id = $1)::INTEGER AS version,
			'run' AS run_id, true AS is_current`, r.id, r.account, merchant, category, b.now)
}
