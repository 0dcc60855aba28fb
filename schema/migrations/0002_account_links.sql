-- Links that a person has to decide are flagged.
COMMENT ON COLUMN main.account_links.action IS 'link, unlink, or ambiguous: it may be the same account, a person has to decide';
COMMENT ON COLUMN main.account_links.account_key IS 'First id of the chain it joins, left, or may join';
COMMENT ON COLUMN main.account_links.evidence IS 'Every chain it was compared with, and how many rows were the same';
