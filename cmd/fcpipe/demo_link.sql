-- question: What did Ada agree to, as it is stored, and what was her first balance, in cents?
SELECT c.account_id, array_to_string(c.permissions, ', ') AS shares, c.first_seen_at::DATE AS since, c.ended_at,
    b.current_minor AS first_balance
FROM meta.current_consents c
    LEFT JOIN (
        SELECT account_id, arg_min(current_minor, as_of) AS current_minor FROM main.balances GROUP BY account_id
    ) b USING (account_id)
WHERE c.session_id IS NOT NULL
ORDER BY c.account_id;
