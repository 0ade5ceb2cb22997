-- Sums of errors per group of the predictions of a window, joined with their labels by request.
--
-- predictions: request_id, request_time, prediction (a number), and the group column
-- labels: request_id, label (a number), labelled_at
--
-- The same rules as labelled_counts: one row per request, the latest label known at :as_of, and the
-- join from predictions. What is not a number is counted, and never left out in silence.
WITH asked AS (
  SELECT
    request_id,
    max_by(CAST(prediction AS STRING), request_time) AS prediction,
    max_by(coalesce(CAST(IDENTIFIER(:group_column) AS STRING), '(unknown)'), request_time)
      AS group_value
  FROM IDENTIFIER(:predictions)
  WHERE request_time >= CAST(:window_start AS TIMESTAMP)
    AND request_time < CAST(:window_end AS TIMESTAMP)
  GROUP BY request_id
),
known AS (
  SELECT request_id, max_by(CAST(label AS STRING), labelled_at) AS label
  FROM IDENTIFIER(:labels)
  WHERE labelled_at <= CAST(:as_of AS TIMESTAMP) AND label IS NOT NULL
  GROUP BY request_id
),
paired AS (
  SELECT
    asked.group_value AS group_value,
    known.label IS NOT NULL AS labelled,
    -- NaN minus itself is no number either.
    nanvl(
      try_cast(asked.prediction AS DOUBLE) - try_cast(known.label AS DOUBLE), CAST(NULL AS DOUBLE)
    ) AS error
  FROM asked
  LEFT JOIN known ON known.request_id = asked.request_id
)
SELECT
  group_value,
  count(*) AS predictions,
  count_if(labelled) AS labelled,
  count_if(labelled AND (error IS NULL OR abs(error) = double('Infinity'))) AS not_numbers,
  coalesce(sum(abs(error)), 0D) AS absolute,
  coalesce(sum(error * error), 0D) AS squared
FROM paired
GROUP BY group_value
ORDER BY group_value
