-- Who owns an account, as banks tell: only where the configuration keeps it (privacy.owners: keep).
CREATE SCHEMA IF NOT EXISTS pii;

CREATE TABLE pii.owners (
    ownership_id VARCHAR NOT NULL,
    owner_id     VARCHAR NOT NULL,
    account_id   VARCHAR NOT NULL,
    name         VARCHAR NOT NULL,
    email        VARCHAR,
    phone        VARCHAR,
    raw_address  VARCHAR,
    refreshed_at TIMESTAMPTZ,
    extra        JSON,
    observed_at  TIMESTAMPTZ NOT NULL,
    run_id       VARCHAR NOT NULL
);
COMMENT ON TABLE pii.owners IS 'Owners of accounts; one row per ownership snapshot and owner. Personal data: never exported, stored only with privacy.owners: keep';
COMMENT ON COLUMN pii.owners.ownership_id IS 'Snapshot the owner is part of, fcaowns_…';
COMMENT ON COLUMN pii.owners.owner_id IS 'Stripe''s id of the owner, fcaown_…';
COMMENT ON COLUMN pii.owners.account_id IS 'Account that is owned';
COMMENT ON COLUMN pii.owners.name IS 'Full name, as the bank has it';
COMMENT ON COLUMN pii.owners.email IS 'E-mail address; null when the bank gave none';
COMMENT ON COLUMN pii.owners.phone IS 'Telephone number; null when the bank gave none';
COMMENT ON COLUMN pii.owners.raw_address IS 'Postal address in one text, as the bank has it; null when it gave none';
COMMENT ON COLUMN pii.owners.refreshed_at IS 'When the bank was last asked for this owner; null when Stripe does not say';
COMMENT ON COLUMN pii.owners.extra IS 'Every field Stripe sent that has no column here, verbatim; null when there is none';
COMMENT ON COLUMN pii.owners.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN pii.owners.run_id IS 'Run that stored the row';

CREATE TABLE pii.ownerships (
    ownership_id VARCHAR NOT NULL,
    account_id   VARCHAR NOT NULL,
    owner_count  BIGINT NOT NULL,
    observed_at  TIMESTAMPTZ NOT NULL,
    run_id       VARCHAR NOT NULL
);
COMMENT ON TABLE pii.ownerships IS 'Ownership snapshots that are held whole; the current one of an account has the latest observed_at';
COMMENT ON COLUMN pii.ownerships.ownership_id IS 'Stripe''s id of the snapshot, fcaowns_…; a refresh makes a new one';
COMMENT ON COLUMN pii.ownerships.account_id IS 'Account it is of';
COMMENT ON COLUMN pii.ownerships.owner_count IS 'Owners in it; 0 when the bank named none';
COMMENT ON COLUMN pii.ownerships.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN pii.ownerships.run_id IS 'Run that stored the row';
