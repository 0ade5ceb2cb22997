-- The triggers of all models; one row per model and number.
CREATE TABLE IF NOT EXISTS IDENTIFIER(:table) (
  model STRING NOT NULL,
  sequence BIGINT NOT NULL,
  claimed TIMESTAMP NOT NULL,
  reason STRING NOT NULL,
  claimant STRING NOT NULL,
  run_id STRING NOT NULL
) USING DELTA
