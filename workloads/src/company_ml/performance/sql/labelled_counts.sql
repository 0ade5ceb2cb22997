-- Counts per group of the predictions of a window, joined with their labels by request.
--
-- predictions: request_id, request_time, prediction, and the group column
-- labels: request_id, label, labelled_at
--
-- * Logs are delivered with best effort, and no key keeps a row from being there twice: one row per
--   request_id counts.
-- * A label can be corrected: the latest one known at :as_of counts.
-- * A class is 1 in a table of whole numbers, 1.0 in one where a value is missing, which :whole
--   matches, and true in one of booleans, or in the JSON that a model answered: they are one class.
-- * The join is from predictions: one without a label lowers the coverage, not the accuracy.
WITH asked AS (
  SELECT
    request_id,
    max_by(
      CASE CAST(prediction AS STRING) WHEN 'true' THEN '1' WHEN 'false' THEN '0'
        ELSE regexp_replace(CAST(prediction AS STRING), :whole, '$1') END,
      request_time
    ) AS prediction,
    max_by(coalesce(CAST(IDENTIFIER(:group_column) AS STRING), '(unknown)'), request_time)
      AS group_value
  FROM IDENTIFIER(:predictions)
  WHERE request_time >= CAST(:window_start AS TIMESTAMP)
    AND request_time < CAST(:window_end AS TIMESTAMP)
  GROUP BY request_id
),
known AS (
  SELECT
    request_id,
    max_by(
      CASE CAST(label AS STRING) WHEN 'true' THEN '1' WHEN 'false' THEN '0'
        ELSE regexp_replace(CAST(label AS STRING), :whole, '$1') END,
      labelled_at
    ) AS label
  FROM IDENTIFIER(:labels)
  WHERE labelled_at <= CAST(:as_of AS TIMESTAMP) AND label IS NOT NULL
  GROUP BY request_id
)
SELECT
  asked.group_value AS group_value,
  count(*) AS predictions,
  count(known.label) AS labelled,
  count_if(asked.prediction = known.label) AS correct,
  count_if(known.label IS NOT NULL AND asked.prediction = :positive) AS predicted_positive,
  count_if(known.label = :positive) AS actual_positive,
  count_if(known.label = :positive AND asked.prediction = :positive) AS true_positive
FROM asked
LEFT JOIN known ON known.request_id = asked.request_id
GROUP BY asked.group_value
ORDER BY asked.group_value
