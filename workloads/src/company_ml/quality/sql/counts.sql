-- Rows of a table, and of one of its columns the values and the different values.
SELECT
  count(*) AS rows,
  count(IDENTIFIER(:column)) AS present,
  count(DISTINCT IDENTIFIER(:column)) AS different
FROM IDENTIFIER(:table)
