-- Claims a number unless it is taken. Of two at once, Delta lets one commit and fails the other.
MERGE INTO IDENTIFIER(:table) AS kept
USING (SELECT :model AS model, CAST(:sequence AS BIGINT) AS sequence) AS new
ON kept.model = new.model AND kept.sequence = new.sequence
WHEN NOT MATCHED THEN INSERT (model, sequence, claimed, reason, claimant, run_id)
VALUES (new.model, new.sequence, CAST(:claimed AS TIMESTAMP), :reason, :claimant, '')
