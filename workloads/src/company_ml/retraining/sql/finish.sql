-- Notes the run that a claim started.
UPDATE IDENTIFIER(:table) SET run_id = :run_id
WHERE model = :model AND sequence = :sequence AND run_id = ''
