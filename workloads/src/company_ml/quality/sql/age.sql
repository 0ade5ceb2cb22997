-- Hours between the latest value of a time column and :now.
SELECT
  count(*) AS rows,
  (unix_timestamp(CAST(:now AS TIMESTAMP)) - unix_timestamp(max(CAST(IDENTIFIER(:column) AS TIMESTAMP)))) / 3600
    AS hours
FROM IDENTIFIER(:table)
