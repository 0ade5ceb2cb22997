-- A model's latest claim.
SELECT
  model, sequence, reason, claimant, run_id,
  date_format(claimed, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS") AS claimed
FROM IDENTIFIER(:table) WHERE model = :model ORDER BY sequence DESC LIMIT 1
