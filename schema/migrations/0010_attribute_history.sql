-- What attributes said on each day: data, no derived table, as later definitions cannot compute it again. A snapshot has
-- only what differs from the one before; underwriting.attribute_history shows each of them whole.
CREATE TABLE meta.attribute_snapshots (
    snapshot_id        BIGINT NOT NULL,
    as_of_date         DATE NOT NULL,
    observed_at        TIMESTAMPTZ NOT NULL,
    definition_version VARCHAR NOT NULL,
    taxonomy_version   VARCHAR NOT NULL,
    rules_hash         VARCHAR NOT NULL,
    report_zone        VARCHAR NOT NULL
);
COMMENT ON TABLE meta.attribute_snapshots IS
    'When attributes were recorded, append-only: once for each day and definition version';
COMMENT ON COLUMN meta.attribute_snapshots.snapshot_id IS 'Counts from 1 in order of recording';
COMMENT ON COLUMN meta.attribute_snapshots.as_of_date IS 'Day in the report zone that models took for today; spans end the day before';
COMMENT ON COLUMN meta.attribute_snapshots.observed_at IS 'The watermark of the file it was recorded from: nothing in it was observed later';
COMMENT ON COLUMN meta.attribute_snapshots.definition_version IS 'Fingerprint of the models that computed it';
COMMENT ON COLUMN meta.attribute_snapshots.taxonomy_version IS 'Version of the rules by which texts are read';
COMMENT ON COLUMN meta.attribute_snapshots.rules_hash IS 'Fingerprint of the user''s own rules that were in force; none without any';
COMMENT ON COLUMN meta.attribute_snapshots.report_zone IS 'Zone of civil dates';

CREATE TABLE meta.attribute_changes (
    snapshot_id   BIGINT NOT NULL,
    holder_type   VARCHAR NOT NULL,
    holder_id     VARCHAR NOT NULL,
    account_key   VARCHAR NOT NULL,
    currency      VARCHAR NOT NULL,
    attribute     VARCHAR NOT NULL,
    window_name   VARCHAR NOT NULL,
    value_integer BIGINT,
    value_double  DOUBLE,
    value_date    DATE,
    value_state   VARCHAR
);
COMMENT ON TABLE meta.attribute_changes IS
    'Values of attributes that differ from the snapshot before, append-only; an erasure alone removes rows';
COMMENT ON COLUMN meta.attribute_changes.snapshot_id IS 'Snapshot that recorded it, see meta.attribute_snapshots';
COMMENT ON COLUMN meta.attribute_changes.holder_type IS 'Kind of holder: customer or account';
COMMENT ON COLUMN meta.attribute_changes.holder_id IS 'Whose attribute it is';
COMMENT ON COLUMN meta.attribute_changes.account_key IS 'Account; empty for the holder as a whole';
COMMENT ON COLUMN meta.attribute_changes.currency IS 'Lower-case ISO 4217 currency';
COMMENT ON COLUMN meta.attribute_changes.attribute IS 'Name of the attribute';
COMMENT ON COLUMN meta.attribute_changes.window_name IS 'Span of days, as underwriting.windows names them';
COMMENT ON COLUMN meta.attribute_changes.value_integer IS 'Money in minor units, a count or days';
COMMENT ON COLUMN meta.attribute_changes.value_double IS 'A ratio, slope or deviation; at most one value is set';
COMMENT ON COLUMN meta.attribute_changes.value_date IS 'A date';
COMMENT ON COLUMN meta.attribute_changes.value_state IS 'How far it may be relied on; null where the attribute is there no more';

CREATE SCHEMA IF NOT EXISTS underwriting;
CREATE VIEW underwriting.attribute_history AS
SELECT s.as_of_date, s.observed_at, s.definition_version, s.taxonomy_version, s.rules_hash, c.holder_type, c.holder_id,
    c.account_key, c.currency, c.attribute, c.window_name, c.value_integer, c.value_double, c.value_date, c.value_state
FROM (
    SELECT *, coalesce(lead(snapshot_id) OVER (PARTITION BY holder_id, holder_type, account_key, currency, attribute,
        window_name ORDER BY snapshot_id), 9223372036854775807) AS until_id
    FROM meta.attribute_changes) c
JOIN meta.attribute_snapshots s ON s.snapshot_id >= c.snapshot_id AND s.snapshot_id < c.until_id
WHERE c.value_state IS NOT NULL;
COMMENT ON VIEW underwriting.attribute_history IS
    'What attributes said on each day they were recorded, for training on what could have been known: join by holder and '
    'the last as_of_date before an event. Append-only: no later data or definition changes a row, an erasure removes its '
    'holder''s';
COMMENT ON COLUMN underwriting.attribute_history.as_of_date IS 'Day in the report zone that was today';
COMMENT ON COLUMN underwriting.attribute_history.observed_at IS 'Nothing that was observed later is in it';
COMMENT ON COLUMN underwriting.attribute_history.definition_version IS 'Fingerprint of the models that computed it';
COMMENT ON COLUMN underwriting.attribute_history.taxonomy_version IS 'Version of the rules by which texts are read';
COMMENT ON COLUMN underwriting.attribute_history.rules_hash IS 'Fingerprint of the user''s own rules that were in force; none without any';
COMMENT ON COLUMN underwriting.attribute_history.holder_type IS 'Kind of holder: customer or account';
COMMENT ON COLUMN underwriting.attribute_history.holder_id IS 'Whose attribute it is';
COMMENT ON COLUMN underwriting.attribute_history.account_key IS 'Account; empty for the holder as a whole';
COMMENT ON COLUMN underwriting.attribute_history.currency IS 'Lower-case ISO 4217 currency';
COMMENT ON COLUMN underwriting.attribute_history.attribute IS 'Name of the attribute';
COMMENT ON COLUMN underwriting.attribute_history.window_name IS 'Span of days, as underwriting.windows names them';
COMMENT ON COLUMN underwriting.attribute_history.value_integer IS 'Money in minor units, a count or days';
COMMENT ON COLUMN underwriting.attribute_history.value_double IS 'A ratio, slope or deviation; at most one value is set';
COMMENT ON COLUMN underwriting.attribute_history.value_date IS 'A date';
COMMENT ON COLUMN underwriting.attribute_history.value_state IS 'How far it may be relied on, see underwriting.attribute_values';
