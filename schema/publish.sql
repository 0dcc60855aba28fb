-- What publish checks of the file it is about to show.

-- name: publish_check
SELECT (SELECT count(*) FROM main.transactions), (SELECT watermark FROM meta.store), (SELECT count(*) FROM meta.dictionary);
